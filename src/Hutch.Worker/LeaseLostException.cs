namespace Hutch.Worker;

/// <summary>A lease has expired, or its run is over: its results are of no use.</summary>
public sealed class LeaseLostException(string message) : Exception(message);
