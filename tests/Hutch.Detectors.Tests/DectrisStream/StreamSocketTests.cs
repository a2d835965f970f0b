using System.Diagnostics;
using Hutch.Detectors.DectrisStream;

namespace Hutch.Detectors.Tests.DectrisStream;

public sealed class StreamSocketTests
{
    private const int Few = 4;

    [Fact]
    public async Task Messages_arrive_in_order_and_whole()
    {
        using StreamSocket pull = StreamSocket.OpenPull("tcp://127.0.0.1:*", binds: true, Few).Value;
        using StreamSocket push = StreamSocket.OpenPush(pull.Endpoint, binds: false, Few, TimeSpan.FromSeconds(10)).Value;

        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                var message = new StreamBuffer(i * 1000);
                message.GetSpan().Fill((byte)i);
                Assert.True(push.Send(message));
            }
        });

        for (int i = 0; i < 100; i++)
        {
            using StreamBuffer message = pull.Receive()!;
            Assert.Equal(i * 1000, message.Length);
            Assert.Equal(-1, message.GetSpan().IndexOfAnyExcept((byte)i));
        }

        await sending.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Nothing_is_queued_for_a_receiver_that_is_not_there()
    {
        using StreamSocket push = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, Few, TimeSpan.Zero).Value;

        Assert.False(push.TrySend(new StreamBuffer(10)));
    }

    [Fact]
    public async Task A_waiting_receiver_ends_when_it_is_stopped()
    {
        using StreamSocket pull = StreamSocket.OpenPull("tcp://127.0.0.1:*", binds: true, Few).Value;
        Task<StreamBuffer?> waiting = Task.Run(pull.Receive);

        pull.Stop();

        Assert.Null(await waiting.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken));
        Assert.Null(pull.Receive());
    }

    [Fact]
    public async Task A_socket_that_is_closed_while_it_is_waited_for_ends_the_wait_and_not_the_process()
    {
        for (int i = 0; i < 20; i++)
        {
            StreamSocket pull = StreamSocket.OpenPull("tcp://127.0.0.1:*", binds: true, Few).Value;
            using var isWaiting = new ManualResetEventSlim();
            Task<StreamBuffer?> waiting = Task.Factory.StartNew(
                () =>
                {
                    isWaiting.Set();
                    return pull.Receive();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            isWaiting.Wait(TestContext.Current.CancellationToken);

            pull.Dispose();
            pull.Dispose();
            pull.Stop();

            Exception? ended = await Record.ExceptionAsync(() => waiting);
            Assert.True(ended is null ? await waiting is null : ended is ObjectDisposedException, ended?.ToString());
            Assert.Throws<ObjectDisposedException>(() => pull.Receive());
            Assert.Throws<ObjectDisposedException>(() => pull.TrySend(new StreamBuffer(1)));
        }
    }

    [Fact]
    public void Two_holders_share_the_bytes_and_each_gives_them_back()
    {
        var first = new StreamBuffer(3);
        first.GetSpan().Fill(7);
        StreamBuffer second = first.Share();

        first.Dispose();

        Assert.Equal([7, 7, 7], second.GetSpan().ToArray());
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Length);
    }

    [Theory]
    [InlineData("tcp://nowhere", true)]
    [InlineData("31001", false)]
    [InlineData("tcp://1.2.3.4:1", true)]
    public void An_address_that_cannot_be_is_refused_with_the_reason(string endpoint, bool binds)
    {
        var opened = StreamSocket.OpenPull(endpoint, binds, Few);

        Assert.StartsWith($"Cannot {(binds ? "listen at" : "connect to")} '{endpoint}': ", opened.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_sends_what_we_receive()
    {
        using StreamSocket pull = StreamSocket.OpenPull("tcp://127.0.0.1:*", binds: true, Few).Value;
        using Process python = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3",
            [
                "-c",
                // Ended by hand: an interpreter that exits leaves the context, and with it what was not sent yet.
                "import sys, zmq; c = zmq.Context(); s = c.socket(zmq.PUSH); s.connect(sys.argv[1]); s.send(b'x' * 5_000_000); s.close(); c.term()",
                pull.Endpoint,
            ]))!;

        using StreamBuffer message = (await Task.Run(pull.Receive).WaitAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal(5_000_000, message.GetSpan().Count((byte)'x'));
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
