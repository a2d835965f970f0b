namespace Hutch.Formats.Microscopy;

/// <summary>Where the stage is, in µm.</summary>
public sealed record StagePosition(double X, double Y, double? Z);
