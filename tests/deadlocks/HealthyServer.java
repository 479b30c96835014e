// SPDX-License-Identifier: Apache-2.0
// A healthy Java program: an HTTP server with a pool of threads, threads that are parked, that wait for a monitor and for a
// lock whose owner works, and threads that survive null pointers (which are SIGSEGV once the code is compiled) and end.
// Who asks it makes them contend for a monitor and wait for one another in a second pool.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

public class HealthyServer {
    static final ReentrantLock LOCK = new ReentrantLock();
    static final Object MONITOR = new Object();
    static final ExecutorService POOL = Executors.newFixedThreadPool(4);
    static int[] nothing = null;
    static long answered = 0;

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

    static synchronized long count() {
        return ++answered;
    }

    static long countTwiceInThePool() {
        CompletableFuture<Long> first = CompletableFuture.supplyAsync(HealthyServer::count, POOL);
        return first.thenCombine(CompletableFuture.supplyAsync(HealthyServer::count, POOL), Math::max).join();
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
            run(HealthyServer::work);
            if (countTwiceInThePool() < 2) throw new AssertionError();
            exchange.sendResponseHeaders(200, 1);
            exchange.getResponseBody().write('x');
            exchange.close();
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        run(HealthyServer::holdTheLockAndWork);
        pause();
        run(LOCK::lock);
        run(HealthyServer::waitForMonitor);
        run(() -> {
            for (;;) LockSupport.park();
        });
        server.start();
        Thread.currentThread().join();
    }
}
