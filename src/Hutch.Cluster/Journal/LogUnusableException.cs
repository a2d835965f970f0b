namespace Hutch.Cluster.Journal;

/// <summary>The database cannot be the log of this server until an operator acts; the message says why. Nothing was changed.</summary>
public sealed class LogUnusableException(string message, Exception? inner = null) : StorageRefusedException(message, inner);
