namespace Hutch.Formats.Hdf5;

/// <summary>A link or a virtual data set leads to a file that is not there. Past the real number of images that is normal.</summary>
internal sealed class MissingFileException(string path, string referredFrom)
    : Exception($"{Path.GetFileName(referredFrom)} refers to {path}, which does not exist.")
{
    public string MissingPath { get; } = path;
}
