"""Isochrones on the disk and on the net: official MIST files and packages in, one HDF5 grid out."""
