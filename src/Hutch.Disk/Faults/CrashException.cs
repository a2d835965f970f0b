namespace Hutch.Disk.Faults;

/// <summary>
/// The program has ended here: thrown by every call of a <see cref="FaultyDisk"/> once it has stopped. No <see cref="IOException"/>, so
/// that no code that copes with a failing disk can cope with this.
/// </summary>
public sealed class CrashException() : Exception("The simulated machine has stopped.");
