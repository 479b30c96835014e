// SPDX-License-Identifier: Apache-2.0
// What the servers of this folder are provoked with: clients, and the word that the loop begins to spin. Each
// is called VARIANT SECONDS, says what wedged-inject says, and ends with its parent or when the time is over.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// A word of one letter: the server answers with the same, and from then on reads no more from that client.
#define PAUSE 'p'

// Returns the variant.
const char* begin(int argc, char** argv);

// Of TCP on loopback. It is not blocking.
int listener(void);

extern const char* const spins;  // the cause that most of them provoke

// The descriptor of the server that makes it spin; told by its next client.
extern volatile int culprit;

// Clients of that listener, in threads of their own: one asks every 100 ms, one says PAUSE, gets its answer,
// resets the connection and tells of the beginning.
void ask_on(void);
void pause_and_reset(const char* variant);

void say_began(const char* cause, const char* variant);

#ifdef __cplusplus
}
#endif
