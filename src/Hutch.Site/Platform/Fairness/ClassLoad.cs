namespace Hutch.Site.Platform.Fairness;

/// <summary>The work of a class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Running">Requests and jobs that run.</param>
/// <param name="Waiting">Those that wait for their turn.</param>
/// <param name="BytesRead">Bytes read since the start.</param>
/// <param name="BytesWritten">Bytes written since the start.</param>
/// <param name="BytesPerSecond">Both, lately.</param>
public sealed record ClassLoad(WorkClass Class, int Running, int Waiting, long BytesRead, long BytesWritten, long BytesPerSecond);
