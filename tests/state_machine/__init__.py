"""A pool and a simple model of it, driven in any order, in virtual time.

world     what the pool lives in: far ends, a network that is up or down
line      the model of one outbox
lives     the model of sockets: what their events may tell, and in which order
listening the model of subscribers and of streams
stage     what is played with, and what all that can be done has in common
members, writers, hearers · play
          what can be done: to the pool and to its model
checks    what holds after every step
machine   the rules from which hypothesis makes its plays
"""
