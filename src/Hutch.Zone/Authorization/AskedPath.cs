namespace Hutch.Zone.Authorization;

/// <summary>What an operation on a dataset is about, for a caller that reaches one folder of it.</summary>
internal readonly record struct AskedPath
{
    private readonly DatasetPath? _path;
    private readonly bool _isName;

    private AskedPath(DatasetPath? path, bool isName) => (_path, _isName) = (path, isName);

    /// <summary>The dataset as a whole: no key of a folder reaches it. The default.</summary>
    public static AskedPath Whole => default;

    /// <summary>No more than which dataset is meant, where it is, and whether the caller may see it.</summary>
    public static AskedPath Name => new(null, isName: true);

    /// <summary>One path, and what is below it.</summary>
    public static AskedPath At(DatasetPath path) => new(path, isName: false);

    /// <summary>
    /// Returns the refusal for a caller that does not reach it; otherwise null. To a reader, a path outside of its folder is missing like
    /// any other.
    /// </summary>
    public HutchError? FindRefusal(TokenScope scope, Operation operation)
    {
        if (scope.Folder is not { } folder || _isName)
        {
            return null;
        }

        if (_path is not { } path)
        {
            return ErrorCode.NarrowedKey.With(
                $"To {operation.Summary}, use a key for the whole dataset: this one opens the folder {Display.Quote(folder.Value)} only.");
        }

        return scope.Reaches(path) ? null
            : (operation.Right & ~(Rights.View | Rights.Read)) == 0
            ? ErrorCode.NotFound.With($"There is no {Display.Quote(path.Value)} in this version of the dataset.")
            : ErrorCode.NarrowedKey.With(
                $"To {operation.Summary} at {Display.Quote(path.Value)}, use another key: this one opens the folder "
                + $"{Display.Quote(folder.Value)} only.");
    }
}
