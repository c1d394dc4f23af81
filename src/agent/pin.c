/* pin: reading the PIN from the terminal or a file into locked memory
 * (agent/pin.h). While the terminal does not echo, signals are caught, the
 * terminal is restored, and then the signal is raised again. Called by sign_in
 * and approve; one PIN at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "agent/wide.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static volatile sig_atomic_t arrived;

enum agent_fault pin_new(struct agent_pin **out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	*out = NULL;
	must(sizeof(struct agent_pin) <= page);
	if (p == MAP_FAILED)
		return FAULT_NO_MEMORY_LOCK;
	if (mlock(p, page) != 0 || madvise(p, page, MADV_DONTDUMP) != 0 ||
	    madvise(p, page, MADV_WIPEONFORK) != 0) {
		munmap(p, page);
		return FAULT_NO_MEMORY_LOCK;
	}
	*out = p;
	return FAULT_NONE;
}

void pin_wipe(struct agent_pin *pin)
{
	OPENSSL_cleanse(pin, sizeof(*pin));
}

void pin_free(struct agent_pin *pin)
{
	if (pin == NULL)
		return;
	pin_wipe(pin);
	munmap(pin, (size_t)sysconf(_SC_PAGESIZE));
}

/* typed -> digits; full-width digits are as good as others */
static bool take_digits(struct agent_pin *pin)
{
	char *plain = (char *)pin->command; /* in the locked page too */
	bool right = wide_typed((struct str){ pin->typed, pin->typed_n }, plain,
				sizeof(pin->command)) &&
		     strlen(plain) == PIN_DIGITS &&
		     strspn(plain, "0123456789") == PIN_DIGITS;

	if (right)
		memcpy(pin->digits, plain, PIN_DIGITS);
	OPENSSL_cleanse(pin->command, sizeof(pin->command));
	OPENSSL_cleanse(pin->typed, sizeof(pin->typed));
	pin->typed_n = 0;
	return right;
}

static void catch (int number)
{
	arrived = number;
}

/* One line, a byte at a time so that what was typed ahead stays where it is. A
 * line too long is read to its end and is then no PIN. False: a signal, or the
 * terminal is gone. */
static bool read_line(int fd, struct agent_pin *pin)
{
	char *c = &pin->typed[sizeof(pin->typed) - 1];

	pin->typed_n = 0;
	for (;;) {
		ssize_t got = read(fd, c, 1);

		if (got < 0 && errno == EINTR && arrived == 0)
			continue;
		if (got < 0)
			return false;
		if (got == 0 || *c == '\n')
			return true;
		if (pin->typed_n < sizeof(pin->typed) - 1)
			pin->typed[pin->typed_n++] = *c;
	}
}

static bool read_hidden(int fd, struct agent_pin *pin, const char *prompt)
{
	struct sigaction act = { .sa_handler = catch }, before[COUNT(caught)];
	struct termios shown, hidden;
	bool read_all;

	if (tcgetattr(fd, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	arrived = 0;
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaction(caught[i], &act, &before[i]);
	read_all = tcsetattr(fd, TCSAFLUSH, &hidden) == 0 &&
		   write(fd, prompt, strlen(prompt)) == (ssize_t)strlen(prompt) &&
		   read_line(fd, pin);
	tcsetattr(fd, TCSAFLUSH, &shown);
	(void)!write(fd, "\n", 1);
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaction(caught[i], &before[i], NULL);
	return read_all;
}

enum agent_fault pin_ask(struct agent_pin *pin, const char *prompt)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool read_all;

	if (fd < 0)
		return FAULT_NO_TERMINAL;
	read_all = read_hidden(fd, pin, prompt);
	close(fd);
	if (arrived != 0) {
		pin_wipe(pin);
		raise(arrived);
		return FAULT_CANCELLED; /* stopped and continued: ask anew */
	}
	if (!read_all)
		return FAULT_NO_TERMINAL;
	if (pin->typed_n == 0)
		return FAULT_CANCELLED;
	return take_digits(pin) ? FAULT_NONE : FAULT_PIN_FORM;
}

static const char *wrong_with(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid != geteuid() && geteuid() != 0)
		return "owned by another user";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return "others may read or change it";
	return NULL;
}

enum agent_fault pin_load(struct agent_pin *pin, const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t got = -1;

	*why = fd < 0 ? "it cannot be opened" : wrong_with(fd);
	if (*why == NULL) {
		got = read(fd, pin->typed, sizeof(pin->typed));
		pin->typed_n = got > 0 ? (size_t)got : 0;
		if (!take_digits(pin))
			*why = "not four digits";
	}
	if (fd >= 0)
		close(fd);
	return *why == NULL ? FAULT_NONE : FAULT_PIN_FILE;
}
