"""What `--help` says: about the program, and about each of its commands."""

__all__ = [
    "ABOUT",
    "CONNECT",
    "END",
    "EXAMPLES",
    "LS",
    "RECORD",
    "REPLAY",
    "SEND",
    "TAIL",
    "TARGET",
    "TOP",
]

ABOUT = """\
Watch the WebSocket connections of a running program: a live dashboard of its
ssc-rx pool, in this terminal. It can't slow the program down, and acts on it (to send,
kick and ping) only where the program has allowed that.

Without a terminal (in a pipe, or with TERM=dumb) it prints one look instead, as
ssc-monitor top --once does.

commands:
  ls         list the pools that can be watched
  top        print their figures and busiest sockets, once or again and again
  tail       print messages and events as they come
  record     write messages and events to a file
  replay     play such a file again, on the same screens
  send       send a message through a pool that allows it
  connect    dial any WebSocket feed from here, and watch it

  ssc-monitor COMMAND --help tells more of each.
"""

TARGET = """\
which pool: a process ID, a pool's name, or the path of its Unix socket. With
several pools and no TARGET you choose from a list"""

END = """\
opening a pool to it:
  Pool(..., monitor="traffic")     in the program; or "stats" for numbers without
                                   payloads
  Pool(..., monitor="control")     may be acted on, too: send, kick and ping
  SSC_MONITOR=traffic python app.py     to watch without changing the program

  Only programs of your own user can be watched. To watch one on another machine:
  ssh -t HOST ssc-monitor

environment:
  SSC_MONITOR        in the watched program: "traffic", "stats" or "off"; what Pool()
                     is told itself wins
  XDG_RUNTIME_DIR    where the sockets of pools are found, in ssc-rx/ below it; without
                     it a directory of yours in the system's temporary one
  NO_COLOR           if it is set, nothing is coloured
  TERM               "dumb" counts as no terminal

"""

EXAMPLES = """\
examples:
  ssc-monitor                      the only pool there is, or a list to choose from
  ssc-monitor 41233                the pool of process 41233
  ssc-monitor feeds --fps 4        a pool by its name, sparing a slow terminal
  ssc-monitor tail btc --json      messages that contain "btc", as JSON lines
  ssc-monitor connect wss://example.org/feed

"""

LS = """\
List the pools of this user that can be watched, oldest first.

With --json one JSON object a line, with the keys "path" (of its Unix socket), "pid",
"pool", "program", "level" ("stats", "traffic" or "control"), "version" (of ssc-rx),
"protocol", "started_at" and "time" (UNIX seconds, by the program's clock) and "interval"
(seconds between two looks at the counters). A pool that can't be attached to has "path"
and "problem" instead. docs/monitor/json.md tells of each.
"""

TAIL = """\
Print the messages of a pool as they come, and what happens to its sockets, one a line.

Messages are samples: at most 2,000 a second, fairly from all sockets. When it ends, by
Ctrl-C and SIGTERM too, a line on standard error says how many there were: seen, those
that matched, sent, sampled out to keep the rate, and dropped as this reader was too slow.
When whoever reads its output leaves, as in "| head", it ends without a word.
Needs a pool with monitor="traffic"; a pool with "stats" has events only.

FILTER is one or more terms, which all have to hold; with a FILTER, events are left out:
  btc             in the ID or in the payload, whatever the case; "quoted words"
  !term           not so
  dir:in          or dir:out
  type:text|ping  | separates alternatives; text, binary, ping, pong
  id:stream*      in the ID only; * stands for anything, ? for one character
  kind:server     or kind:client
  state:open      of its socket
  size>1k rate>100    bytes of the payload; messages per second of its socket
  /re/            a regular expression, in the part of the payload that is shown
  json:s=BTC      a value in a JSON payload
Quote the filter, so that your shell leaves it alone.

With --json one JSON object a line, in ASCII. A message has
  "time"       UNIX seconds at which it was read, or accepted for writing
  "id"         its socket's ID, without credentials
  "direction"  "in" or "out"
  "type"       "text", "binary", "ping" or "pong"
  "size"       bytes of the whole payload
  "text"       the payload of a text message; of any other instead
  "base64"
  "cut"        whether that is only the payload's beginning: see --preview
  "missing"    how many more matched just before it and were not sampled
and an event "time", "id" (empty for the pool), "event" (such as "SocketClosed") and
"facts", an object that depends on the event: see docs/monitor/json.md. Keys may be
added later.
"""

RECORD = """\
Write the messages of a pool, and what happens to its sockets, to a file that
"ssc-monitor replay" and ssc_rx.recording.replay() play again: JSON lines, made with
mode 0600, compressed if its name ends with ".gz".

Messages are samples, at most 2,000 a second, fairly from all sockets, and of each
payload the first 4,096 bytes: what is missing is counted in the file. For all of them
the program itself records: ssc_rx.recording.record(pool, path). It ends after --for, at
--max-bytes, by Ctrl-C or SIGTERM, or when the link is lost; then a line on standard error
says how many there were. Needs a pool with monitor="traffic".

FILTER is as in ssc-monitor tail: with one, events are left out. On the dashboard R
records what is shown.
"""

REPLAY = """\
Play a recording: on the screens of the dashboard, in the time it took. With a FILTER, as
in ssc-monitor tail, with --json, --text or -n, or without a terminal, it is printed
instead, as ssc-monitor tail prints, as fast as can be. What a recording doesn't know is
empty: queues, latencies, payloads beyond what was recorded.

On the screens space pauses, left and right seek 10 s, comma and full stop a minute,
- and + change the speed, T goes to a time (1:30) or a share (45%).

A file that was cut off or is damaged is played up to there; standard error says where.
"""

TOP = """\
Print who a pool is, how much goes through it, and its busiest sockets, each second anew
until Ctrl-C. Without TARGET, of every pool there is. On a terminal each look takes the
place of the one before; in a pipe they follow each other.

Speeds are those since the look before; the first look takes its time as well. A pool
that says nothing for five seconds longer is marked as silent: its event loop may be
blocked.

With --json one JSON object a line: "time", "path" and who it is, as in
ssc-monitor ls --json; the pool's counters ("messages_in", "queued", "failed" ...), how
fast it goes ("messages_in_per_s", "bytes_in_per_s" and the same with "out"), "overdue" if
it is silent, "warnings", and "rows": sockets with "id", "kind", "state", counters and
the same speeds. docs/monitor/json.md tells of each.
"""

SEND = """\
Send one message through a pool: to the socket of an ID, to the group of a tag, or to
every socket. The pool has to be open to that: Pool(..., monitor="control"). It says, on
standard output, how many sockets queued the message, how many had no room, and how many
weren't open. Queued is not delivered: the pool sends it as it sends its own.

ID is what ssc-monitor shows, exactly; of a URL without password and query. TEXT goes as
it is, in a TEXT message of UTF-8; "-" reads it from standard input, whose last line
break isn't sent. At most 2 MiB, and what the pool's max_message_size allows. Put "--"
before a TEXT that begins with "-".

The program logs who sent how much to whom, not the message, and tells it as an event
(MonitorActed).
"""

CONNECT = """\
Dial WebSocket servers from here and watch what they send, without a program of yours: on
the screens of the dashboard; or, without a terminal, with --json, --text, --filter or -n,
printed line by line as ssc-monitor tail prints.

On the screens a connection that can't be had, or drops, is dialled again, after a pause
that grows to half a minute. A server that refuses for good (HTTP 401, 404 ...) is given
up: the dashboard says so and why, and stays.

When it prints, it ends with its connections: standard error says how each ended, and so
does the exit code. With --reconnect it dials again, as the screens do, and ends with 1
when nothing is left to dial.

What is piped into it is sent to every server, a text message a line, once the connection
is open and what --send says was sent; its end doesn't end the connections. (In a loop
that reads its own input, give it </dev/null.)

While it runs, it is a pool like any other: ssc-monitor ls lists it.
"""
