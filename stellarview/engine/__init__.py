"""Work in child processes: the window only draws, and a child that dies takes neither it nor the user's work along."""
