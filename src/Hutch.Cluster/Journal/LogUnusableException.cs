using Hutch.Storage;

namespace Hutch.Cluster.Journal;

/// <summary>The database cannot be the log of this server until somebody sees to it; the message says why. Nothing was changed.</summary>
public sealed class LogUnusableException(string message, Exception? inner = null) : StorageRefusedException(message, inner);
