using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Hutch.Mount.Protocol;

/// <summary>
/// Reads the kernel's requests and writes the answers. Two threads read; what needs the network is answered later, from the pool, so that
/// slow requests do not hold up others.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FuseSession(MessageDevice device, IFuseFileSystem files, Action<Exception> failed)
{
    private const int Threads = 2;

    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _running = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _users = 1; // requests that are being answered, and this session while it reads

    /// <summary>Serves until the file system is unmounted and all answers are written.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        Task[] readers = [.. Enumerable.Range(0, Threads).Select(_ => StartReader(stop))];
        await Task.WhenAll(readers);
        foreach (CancellationTokenSource one in _running.Values)
        {
            await one.CancelAsync(); // the kernel waits for no answer any more
        }

        Leave();
        await _idle.Task;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _idle.SetResult();
        }
    }

    private Task StartReader(CancellationToken stop) =>
        Task.Factory.StartNew(Read, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read()
    {
        byte[] buffer = new byte[FuseRequest.MaxBytes];
        while (device.Read(buffer) is { } length)
        {
            if (!FuseRequest.TryParse(buffer.AsSpan(0, length), out FuseRequest? request, out ulong unique))
            {
                if (unique != 0)
                {
                    Write(unique, FuseReply.Failed(FuseError.Invalid));
                }
            }
            else if (request.Opcode == FuseOpcode.Interrupt)
            {
                Interrupt(request.Interrupted);
            }
            else
            {
                Start(request);
            }
        }
    }

    private void Start(FuseRequest request)
    {
        var interruption = new CancellationTokenSource();
        _running[request.Unique] = interruption;
        Interlocked.Increment(ref _users);
        _ = AnswerAsync(request, interruption); // counted in _users, and catches everything
    }

    private async Task AnswerAsync(FuseRequest request, CancellationTokenSource interruption)
    {
        try
        {
            FuseReply reply = await FindAnswerAsync(request, interruption.Token);
            using (reply.Lease)
            {
                if (!request.IsSilent)
                {
                    Write(request.Unique, reply);
                }
            }
        }
        catch (Exception e)
        {
            failed(e);
        }
        finally
        {
            _running.TryRemove(request.Unique, out _);
            interruption.Dispose();
            Leave();
        }
    }

    private async ValueTask<FuseReply> FindAnswerAsync(FuseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await files.AnswerAsync(request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return FuseReply.Failed(FuseError.Interrupted);
        }
        catch (Exception e)
        {
            failed(e);
            return FuseReply.Failed(FuseError.InputOutput);
        }
    }

    private void Interrupt(ulong unique)
    {
        if (_running.TryGetValue(unique, out CancellationTokenSource? interruption))
        {
            try
            {
                interruption.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was answered just now.
            }
        }
    }

    private void Write(ulong unique, FuseReply reply)
    {
        Span<byte> header = stackalloc byte[FuseReply.HeaderBytes];
        reply.WriteHeader(header, unique);
        device.Write(header, reply.Body.Span);
    }
}
