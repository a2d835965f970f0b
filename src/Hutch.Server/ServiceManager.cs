using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hutch.Server;

/// <summary>
/// Notifies the service manager that started the server: of readiness, of life and of the end. It is systemd, or what listens at
/// <c>$NOTIFY_SOCKET</c> in its place: see sd_notify(3). Without one, nothing is sent.
/// </summary>
/// <param name="address">A path, or a name that begins with <c>@</c>; null without a manager.</param>
/// <param name="every">The time between two signs of life; null if the manager wants none.</param>
internal sealed class ServiceManager(string? address, TimeSpan? every, TimeProvider time)
{
    private const int SendMilliseconds = 1000;

    public static ServiceManager Find(Func<string, string?> environment, TimeProvider time)
    {
        string? address = environment("NOTIFY_SOCKET");
        bool isForOther = environment("WATCHDOG_PID") is { Length: > 0 } pid
            && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isWatched = long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            && limit > 1 && !isForOther;

        // Half of the limit, as sd_watchdog_enabled(3) advises.
        return new ServiceManager(
            string.IsNullOrEmpty(address) ? null : address, isWatched ? TimeSpan.FromMicroseconds(limit / 2) : null, time);
    }

    public void NoteReady() => Send("READY=1");

    public void NoteStopping() => Send("STOPPING=1");

    /// <summary>
    /// Sends signs of life until it is cancelled. They come from the pool of threads that answers requests: a server whose threads are all
    /// stuck sends none, and is started again.
    /// </summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        while (every is { } interval && !ct.IsCancellationRequested)
        {
            Send("WATCHDOG=1");
            await Task.Delay(interval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Send(string state)
    {
        if (address is null)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            {
                SendTimeout = SendMilliseconds,
            };
            var target = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
            _ = socket.SendTo(Encoding.ASCII.GetBytes(state), target);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // A manager that does not listen is no reason to stop serving.
        }
    }
}
