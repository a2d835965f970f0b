using Hutch.Storage;

namespace Hutch.Cluster.Journal;

/// <summary>
/// PostgreSQL went back in time: what this server has applied is no longer in the log. What it shows may never have happened, so that it
/// must not write on; its view is made anew when it starts.
/// </summary>
public sealed class LogWentBackException(string where, LogPosition seen) : StorageRefusedException(
    $"PostgreSQL at {where} went back in time: row {seen.Number} of the log, which this server has applied, is not there any more. "
    + "Was it restored from a backup, or did it fall back to a standby that lacked the last commits? "
    + "Look into that first; then restart this server, which makes its view anew");
