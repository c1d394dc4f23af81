/* say: sends standard input to a unix socket and prints the first line that
 * comes back, for 5 s at most. For test scripts: say SOCKET <QUESTION
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char text[65536];
	ssize_t n;

	if (argc != 2 || strlen(argv[1]) >= sizeof(to.sun_path))
		return 2;
	memcpy(to.sun_path, argv[1], strlen(argv[1]));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return 1;
	while ((n = read(0, text, sizeof(text))) > 0)
		if (write(fd, text, (size_t)n) != n)
			return 1;
	while ((n = read(fd, text, sizeof(text))) > 0) {
		fwrite(text, 1, (size_t)n, stdout);
		if (text[n - 1] == '\n')
			return 0;
	}
	return 1;
}
