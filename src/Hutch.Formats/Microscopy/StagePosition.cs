namespace Hutch.Formats.Microscopy;

/// <summary>The position of the stage, in µm.</summary>
public sealed record StagePosition(double X, double Y, double? Z);
