namespace Hutch.Worker;

/// <summary>A lease has expired, or its run is over: what is computed for it is of no use.</summary>
public sealed class LeaseLostException(string message) : Exception(message);
