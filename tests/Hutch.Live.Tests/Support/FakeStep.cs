using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Hutch.Model;
using Hutch.Site.Heads;
using Hutch.Site.Runs;

namespace Hutch.Live.Tests.Support;

/// <summary>A step that says what it was given, and fails, throws or waits where a test wants it.</summary>
internal sealed class FakeStep : IFrameStep, IPreparedStep
{
    public const string Name = "test/step";

    public string Program => Name;

    /// <summary>How often each frame was processed.</summary>
    public ConcurrentDictionary<int, int> Processed { get; } = new();

    public int Preparations;

    /// <summary>What preparing says; null for all is well.</summary>
    public HutchError? Refusal { get; init; }

    /// <summary>The frame whose processing throws.</summary>
    public int Throws { get; init; }

    /// <summary>The frames from this one on wait until the gate is open.</summary>
    public int WaitsFrom { get; init; } = int.MaxValue;

    public ManualResetEventSlim Gate { get; } = new(false);

    public Task<Result<IPreparedStep>> PrepareAsync(ActiveRun run, TreeView view, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Preparations);
        return Task.FromResult(Refusal is { } refusal ? refusal : Result<IPreparedStep>.Ok(this));
    }

    public void Process(StoredFrame frame, ReadOnlySpan<byte> chunk, IBufferWriter<byte> row)
    {
        if (frame.Number >= WaitsFrom)
        {
            // A bound for tests that fail before they open it; on a busy machine, storing takes as long as it takes.
            Gate.Wait(TimeSpan.FromMinutes(5));
        }

        Processed.AddOrUpdate(frame.Number, 1, static (_, times) => times + 1);
        if (frame.Number == Throws)
        {
            throw new InvalidOperationException("A bug.");
        }

        row.Write(Encoding.UTF8.GetBytes($$"""{"file-number":{{frame.Number}},"content":"{{Encoding.UTF8.GetString(chunk)}}"}"""));
    }
}
