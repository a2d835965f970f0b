namespace Hutch.Client.Transfers;

/// <summary>Sizes and numbers that bound what a transfer holds in memory and asks of a server.</summary>
internal static class TransferLimits
{
    /// <summary>Files up to this size travel many in one stream; larger ones alone, and can be resumed in the middle.</summary>
    internal const int SmallFileBytes = 8 * 1024 * 1024;

    /// <summary>Room for one batch of small files, so that the server works while the next is read. A large file takes it alone.</summary>
    internal const int BatchBytes = SmallFileBytes + (64 * 1024);

    /// <summary>A batch is sent once it holds this much.</summary>
    internal const int FullBatchBytes = 4 * 1024 * 1024;

    internal const int BatchFiles = 4096;

    /// <summary>Piece in which a large file is read, hashed and sent.</summary>
    internal const int PieceBytes = 1024 * 1024;

    internal const int ParallelBatches = 4;

    internal const int ParallelLargeFiles = 2;

    /// <summary>The number of reads of a file that keeps changing, before it is left out.</summary>
    internal const int MaxReads = 4;

    /// <summary>Wait before a file that changed is read again; it doubles each time.</summary>
    internal static TimeSpan RereadDelay(int attempt) => RetryPolicy.Between(0.1, 1).DelayAfter(attempt);

    /// <summary>True for a broken connection that a transfer may survive; false once the server was waited for in vain.</summary>
    internal static bool MayResume(Exception e) => Transport.IsBroken(e) && e is not ServerUnreachableException { WasWaitedFor: true };

    /// <summary>Retries of a broken transfer; failures are counted since its last progress.</summary>
    internal static RetryPolicy Retry(TimeProvider time) => new() { MaxAttempts = 6, MaxDelay = TimeSpan.FromSeconds(10), Time = time };
}
