// SPDX-License-Identifier: Apache-2.0
// A healthy Java program: an HTTP server with a pool of threads, threads that are parked, that wait for a monitor and for a
// lock whose owner works, and threads that survive null pointers (which are SIGSEGV once the code is compiled) and end.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

public class IdleServer {
    static final ReentrantLock LOCK = new ReentrantLock();
    static final Object MONITOR = new Object();
    static int[] nothing = null;

    static int lengthOfNothing() {
        try {
            return nothing.length;
        } catch (NullPointerException expected) {
            return 1;
        }
    }

    static void work() {
        int sum = 0;
        for (int i = 0; i < 20_000; ++i) sum += lengthOfNothing();
        if (sum == 0) throw new AssertionError();
    }

    static void run(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.start();
    }

    static void holdTheLockAndWork() {
        LOCK.lock();
        for (;;) pause();
    }

    static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void waitForMonitor() {
        synchronized (MONITOR) {
            try {
                for (;;) MONITOR.wait();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    public static void main(String[] words) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(words[0])), 16);
        server.createContext("/", exchange -> {
            run(IdleServer::work);
            exchange.sendResponseHeaders(200, 1);
            exchange.getResponseBody().write('x');
            exchange.close();
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        run(IdleServer::holdTheLockAndWork);
        pause();
        run(LOCK::lock);
        run(IdleServer::waitForMonitor);
        run(() -> {
            for (;;) LockSupport.park();
        });
        server.start();
        Thread.currentThread().join();
    }
}
