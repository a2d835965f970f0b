namespace Hutch.Cluster.Journal;

/// <summary>
/// PostgreSQL went back in time: rows that this server has applied are no longer in the log. The state of this server may never have
/// existed, so it must not write any more. Its view is made anew at its next start.
/// </summary>
public sealed class LogWentBackException(string where, LogPosition seen) : StorageRefusedException(
    $"PostgreSQL at {where} went back in time: row {seen.Number} of the log, which this server has applied, is not there any more. "
    + "Was it restored from a backup, or did it fall back to a standby that lacked the last commits? "
    + "Look into that first; then restart this server, which makes its view anew");
