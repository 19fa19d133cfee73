"""From labels to spectra: the emulator of LAMOST's MRS, and the physics that follows from its derivatives.

numpy alone: a Gaussian process is two matrix products, so neither users nor the window wait for torch.

Array suffixes: L labels, D inputs (features of labels), N training spectra, P pixels, C blocks of pixels, J kernels,
Q components of all blocks, K pixels of a block.
"""
