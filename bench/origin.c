// An origin for long bodies and for bursts: one epoll thread, HTTP/1.1 with keep-alive.
//
//     gcc -O2 -o origin origin.c; ./origin PORT ANSWER_BYTES [HELD]
//
// Any request is read to the end of its body and answered with ANSWER_BYTES bytes. One that asks
// for `hold` in its target is answered only once HELD of them are in. Nothing touches a disk.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, HEAD = 16384, SCRATCH = 262144, EVENTS = 512 };

struct connection {
  char head[HEAD];
  size_t held;         // bytes of `head` that are there
  long long to_read;   // bytes left of the request's body
  size_t to_write;     // bytes left of the answer
  int waits;           // read whole, and held back
};

static struct connection *connections[DESCRIPTORS];
static char scratch[SCRATCH], *answer;
static size_t answer_bytes;
static int poller, held[DESCRIPTORS], held_count, held_until = 1;

static void watch(int fd, unsigned events, int operation) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poller, operation, fd, &event);
}

static void end(int fd) {
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

// Whether the connection is still there.
static int send_on(int fd) {
  struct connection *this = connections[fd];
  while (this->to_write > 0) {
    ssize_t sent = send(fd, answer + answer_bytes - this->to_write, this->to_write, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return watch(fd, EPOLLOUT, EPOLL_CTL_MOD), 1;
    if (sent <= 0) return end(fd), 0;
    this->to_write -= sent;
  }
  return 1;
}

static void release(void) {
  for (int index = 0; index < held_count; index++) {
    int fd = held[index];
    if (connections[fd] == NULL || !connections[fd]->waits) continue;
    connections[fd]->waits = 0;
    connections[fd]->to_write = answer_bytes;
    send_on(fd);
  }
  held_count = 0;
}

// The head is complete: how long is the body, and is the answer held back?
static void read_head(struct connection *this, size_t bytes) {
  char *end_of_line = memmem(this->head, bytes, "\r\n", 2);
  this->waits = memmem(this->head, end_of_line - this->head, "hold", 4) != NULL;
  this->to_read = 0;
  for (char *line = end_of_line + 2; line < this->head + bytes - 2;) {
    if (!strncasecmp(line, "content-length:", 15)) this->to_read = atoll(line + 15);
    line = (char *)memmem(line, this->head + bytes - line, "\r\n", 2) + 2;
  }
}

static int answered(int fd) {
  struct connection *this = connections[fd];
  if (!this->waits) {
    this->to_write = answer_bytes;
    return send_on(fd);
  }
  held[held_count++] = fd;
  if (held_count == held_until) release();
  return connections[fd] != NULL;
}

static void receive_on(int fd) {
  struct connection *this = connections[fd];
  int in_body = this->to_read > 0;
  char *into = in_body ? scratch : this->head + this->held;
  ssize_t count = recv(fd, into, in_body ? SCRATCH : HEAD - this->held, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return end(fd);
  if (in_body) {
    this->to_read -= count;
    if (this->to_read <= 0) answered(fd);
    return;
  }
  this->held += count;
  char *blank = memmem(this->head, this->held, "\r\n\r\n", 4);
  if (blank == NULL) {
    if (this->held == HEAD) end(fd);
    return;
  }
  size_t bytes = blank + 4 - this->head;
  read_head(this, bytes);
  this->to_read -= this->held - bytes;
  this->held = 0;
  if (this->to_read <= 0) answered(fd);
}

static void accept_all(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    if (fd >= DESCRIPTORS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connections[fd] = calloc(1, sizeof *connections[fd]);
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void write_answer(size_t body) {
  answer = malloc(body + 256);
  answer_bytes = sprintf(answer,
      "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: %zu\r\nCache-Control: no-cache\r\n\r\n", body);
  memset(answer + answer_bytes, 'x', body);
  answer_bytes += body;
}

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: origin PORT ANSWER_BYTES [HELD]\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  write_answer(atol(arguments[2]));
  if (count > 3) held_until = atoi(arguments[3]);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (void *)&address, sizeof address)) return perror("origin: bind"), 1;
  listen(listener, 4096);
  poller = epoll_create1(0);
  struct epoll_event events[EVENTS];
  watch(listener, EPOLLIN, EPOLL_CTL_ADD);
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int index = 0; index < ready; index++) {
      int fd = events[index].data.fd;
      if (fd == listener) accept_all(listener);
      else if (connections[fd] == NULL) continue;
      else if (!(events[index].events & EPOLLOUT)) receive_on(fd);
      else if (send_on(fd) && connections[fd]->to_write == 0) watch(fd, EPOLLIN, EPOLL_CTL_MOD);
    }
  }
}
