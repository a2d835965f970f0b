using System.Collections.Concurrent;
using System.Text;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Worker.Tests.Support;

/// <summary>A step that says what it was given, and fails, throws or waits where a test wants it.</summary>
internal sealed class FakeStep : IAnalysisStep, IPreparedStep
{
    public const string Name = "test/step";

    public StepDeclaration Declaration { get; init; } = new()
    {
        Name = "test",
        Title = "Test",
        Description = "Says what it was given.",
        Program = Name,
        OutputSuffix = "test",
        OutputTitle = "Test",
        Parameters = [new() { Name = "word", Title = "Word", Kind = ValueKind.Text, Description = "A word." }],
        Columns = [new() { Name = "content", Title = "Content", Kind = ValueKind.Text, Description = "What it was given." }],
    };

    /// <summary>The word of the run that was prepared last.</summary>
    public string? Word { get; private set; }

    /// <summary>How often each frame was processed.</summary>
    public ConcurrentDictionary<int, int> Processed { get; } = new();

    public int Preparations;

    /// <summary>What preparing says; null for all is well.</summary>
    public HutchError? Refusal { get; init; }

    /// <summary>The frame whose processing throws.</summary>
    public int Throws { get; init; }

    /// <summary>The frames from this one on wait until the gate is open.</summary>
    public int WaitsFrom { get; init; } = int.MaxValue;

    /// <summary>The one frame that waits until the gate is open.</summary>
    public int WaitsAt { get; init; }

    public ManualResetEventSlim Gate { get; } = new(false);

    public Task<Result<IPreparedStep>> PrepareAsync(
        EntryReader read, ParameterValues values, ImageMemory memory, int frames, CancellationToken cancellationToken)
    {
        Word = values.Text("word");
        Interlocked.Increment(ref Preparations);
        return Task.FromResult(Refusal is { } refusal ? refusal : Result<IPreparedStep>.Ok(this));
    }

    /// <summary>Whether it says the hash of what it was given, for frames that are too large for a row.</summary>
    public bool SaysHash { get; init; }

    public int FramesAtOnce => 1000;

    public long MaxFrameBytes { get; init; } = 1 << 20;

    public void Dispose()
    {
        // It has nothing, and is prepared again.
    }

    public HutchError? Process(RawFrame frame, RowWriter row)
    {
        if (frame.Number >= WaitsFrom || frame.Number == WaitsAt)
        {
            // A bound for tests that fail before they open it; on a busy machine, storing takes as long as it takes.
            Gate.Wait(TimeSpan.FromMinutes(5));
        }

        Processed.AddOrUpdate(frame.Number, 1, static (_, times) => times + 1);
        if (frame.Number == Throws)
        {
            throw new InvalidOperationException("A bug.");
        }

        row.Add(SaysHash ? BlobHash.Compute(frame.Bytes).ToString() : Encoding.UTF8.GetString(frame.Bytes));
        return null;
    }
}
