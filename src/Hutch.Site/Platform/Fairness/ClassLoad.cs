namespace Hutch.Site.Platform.Fairness;

/// <param name="BytesRead">Bytes read since the start.</param>
/// <param name="BytesWritten">Bytes written since the start.</param>
/// <param name="BytesPerSecond">The recent sum of both.</param>
public sealed record ClassLoad(RequestClass Class, int Running, int Waiting, long BytesRead, long BytesWritten, long BytesPerSecond);
