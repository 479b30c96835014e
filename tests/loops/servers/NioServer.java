// SPDX-License-Identifier: Apache-2.0
// An honest server of Java at full speed: one thread turns a selector, eight clients ask as fast as they are answered, and
// another thread wakes the selector all the time. Called VARIANT SECONDS.
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

public class NioServer {
    interface Work {
        void run() throws IOException;
    }

    static void begin(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException error) {
                System.exit(1);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static void askAllTheTime(InetSocketAddress address) throws IOException {
        SocketChannel line = SocketChannel.open(address);
        for (ByteBuffer word = ByteBuffer.allocate(1);; ) {
            line.write(word.clear());
            line.read(word.clear());
        }
    }

    static void wakeAllTheTime(Selector selector) {
        for (;;) {
            selector.wakeup();
            LockSupport.parkNanos(50_000);
        }
    }

    static void accept(ServerSocketChannel listener, Selector selector) throws IOException {
        SocketChannel line = listener.accept();
        line.configureBlocking(false);
        line.register(selector, SelectionKey.OP_READ);
    }

    static void answer(SocketChannel line, ByteBuffer words) throws IOException {
        line.read(words.clear());
        line.write(words.flip());
    }

    static void turn(Selector selector, ServerSocketChannel listener) throws IOException {
        ByteBuffer words = ByteBuffer.allocate(64);
        for (;;) {
            selector.select(key -> {
                try {
                    if (key.isAcceptable()) accept(listener, selector);
                    else answer((SocketChannel) key.channel(), words);
                } catch (IOException error) {
                    System.exit(1);
                }
            });
        }
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        Selector selector = Selector.open();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        begin(() -> turn(selector, listener));
        begin(() -> wakeAllTheTime(selector));
        for (int i = 0; i < 8; ++i) begin(() -> askAllTheTime(address));
        long self = ProcessHandle.current().pid();
        long now = System.nanoTime() / 1_000_000;  // which is CLOCK_MONOTONIC here
        System.out.printf("began %d pid=%d tid=%d cause=healthy variant=%s%n", now, self, self, arguments[0]);
        Thread.sleep(1000 * Long.parseLong(arguments[1]));
    }
}
