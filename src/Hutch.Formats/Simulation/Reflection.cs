namespace Hutch.Formats.Simulation;

/// <summary>A reflection on one image: what there is to find.</summary>
/// <param name="H">First index.</param>
/// <param name="K">Second index.</param>
/// <param name="L">Third index.</param>
/// <param name="X">Its centre along a row; a pixel's own centre is at its number + 0.5.</param>
/// <param name="Y">Its centre in rows.</param>
/// <param name="ResolutionAngstrom">Its resolution.</param>
/// <param name="ExpectedPhotons">The photons that it sends to this image on average.</param>
internal readonly record struct Reflection(short H, short K, short L, float X, float Y, float ResolutionAngstrom, float ExpectedPhotons);
