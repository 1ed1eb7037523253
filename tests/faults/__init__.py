"""The pool through each fault of a network, on both kinds of socket."""
