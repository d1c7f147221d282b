// The floor: a byte relay that parses nothing. What it costs is the kernel's price of moving a
// request and its answer through a proxy on this machine; no proxy can be cheaper.
//
//     gcc -O2 -o relay relay.c; ./relay PORT UPSTREAM_PORT
//
// One epoll thread, one upstream connection for each client's.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, BUFFER = 65536, EVENTS = 512 };

static int other_end[DESCRIPTORS];
static char buffer[BUFFER];

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void watch(int poller, int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int poller, int listener, int upstream_port) {
  int client;
  while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    int upstream = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(upstream_port);
    if (upstream >= DESCRIPTORS || connect(upstream, (void *)&address, sizeof address)) {
      close(client);
      close(upstream);
      continue;
    }
    other_end[client] = upstream;
    other_end[upstream] = client;
    watch(poller, client);
    watch(poller, upstream);
  }
}

static void relay(int fd) {
  ssize_t count;
  do {
    count = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      close(other_end[fd]);
      close(fd);
      return;
    }
    send(other_end[fd], buffer, count, MSG_NOSIGNAL);
    // A short read has emptied the socket.
  } while (count == sizeof buffer);
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: relay PORT UPSTREAM_PORT\n"), 2;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = loopback(atoi(arguments[1]));
  if (bind(listener, (void *)&address, sizeof address)) return perror("relay: bind"), 1;
  listen(listener, 4096);
  int poller = epoll_create1(0);
  struct epoll_event accepting = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &accepting);
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int index = 0; index < ready; index++) {
      if (events[index].data.fd == listener) accept_all(poller, listener, atoi(arguments[2]));
      else relay(events[index].data.fd);
    }
  }
}
