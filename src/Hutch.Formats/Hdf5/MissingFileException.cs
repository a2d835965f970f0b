namespace Hutch.Formats.Hdf5;

/// <summary>A link or a virtual data set leads to a file that is not there. Past the real number of images that is normal.</summary>
/// <param name="path">The path that is missing.</param>
/// <param name="referredFrom">The file that refers to it.</param>
/// <param name="refusal">The reason why that path is not read, whether it exists or not; null if it does not exist.</param>
internal sealed class MissingFileException(string path, string referredFrom, HutchError? refusal = null)
    : Exception(refusal?.Message ?? $"{Path.GetFileName(referredFrom)} refers to {path}, which does not exist.")
{
    public string MissingPath { get; } = path;

    public HutchError? Refusal { get; } = refusal;
}
