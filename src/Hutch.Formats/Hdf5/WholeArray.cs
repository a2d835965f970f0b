using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>Follows a virtual array to the data set that holds it. Only the mapping of a whole array is followed.</summary>
internal static class WholeArray
{
    private const int MaxDepth = 4;

    /// <summary>Opens the data set behind a virtual one; null if the data set is not virtual.</summary>
    /// <exception cref="HutchException">It is made of parts, or a file of it may not be read.</exception>
    /// <exception cref="MissingFileException">A file of it is missing.</exception>
    public static Hdf5Object? Open(Hdf5Files files, Hdf5Object item) => Open(files, item, 0);

    private static Hdf5Object? Open(Hdf5Files files, Hdf5Object item, int depth)
    {
        if (Hdf5Dataset.Describe(item).Layout != Hdf5Layout.Virtual)
        {
            return null;
        }

        if (depth == MaxDepth || VirtualMapping.ReadAll(item) is not [var mapping]
            || mapping.Target.Frames(Hdf5Dataset.ReadShape(item)) is not { Count: 1 })
        {
            throw VirtualMapping.Unsupported(item);
        }

        Hdf5Object source = files.OpenReferred(item.FilePath, mapping.FileName, mapping.Path)
            ?? throw Unreadable.File($"{item.Name} refers to {mapping.FileName}:{mapping.Path}, which does not exist.", item.FilePath);
        try
        {
            Hdf5Object? next = Open(files, source, depth + 1);
            if (next is not null)
            {
                source.Dispose();
            }
            else if (mapping.Source.Frames(Hdf5Dataset.ReadShape(source)) is not [(0, 0)])
            {
                throw VirtualMapping.Unsupported(item);
            }

            return next ?? source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
