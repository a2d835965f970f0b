namespace Hutch.Formats.Tiff;

/// <summary>The pages of a file that are like the first, and a note about each thing that is missing.</summary>
internal sealed class TiffPages
{
    private const int MaxPages = 100_000;
    private const int MaxStack = 10_000_000;
    private const int ReducedImageOrMask = 5;
    private const int OldReducedImage = 2;

    private readonly TiffBytes _file;
    private readonly List<ulong> _directories = [];

    // The numbers of these in the list of all pages.
    private readonly List<int> _numbers = [];
    private readonly List<string> _notes = [];
    private TiffPage? _first;
    private TiffPage? _onePiece;
    private int[]? _order;

    private TiffPages(TiffBytes file)
    {
        _file = file;
        Walk();
        First = _first ?? throw file.Unreadable("has no page").ToException();
        Axes = TiffOme.Read(FirstDirectory.Description(), First) is { } ome ? Ome(ome) : Stack() ?? [_directories.Count];
    }

    public TiffPage First { get; }

    public TiffDirectory FirstDirectory => new(_file, _directories[0]);

    /// <summary>The lengths of the axes before rows and columns, slowest first.</summary>
    public long[] Axes { get; }

    /// <summary>The number of pages that differ from the first, or are not read.</summary>
    public int LeftOut { get; private set; }

    public IReadOnlyList<string> Notes => _notes;

    public static TiffPages Read(TiffBytes file) => new(file);

    public TiffPage this[long number] => _onePiece is { } one
        ? one with { Shift = (ulong)number * (ulong)one.StoredBytes }
        : TiffPage.Read(_file, new TiffDirectory(_file, _directories[_order?[number] ?? (int)number]));

    private void Walk()
    {
        var seen = new HashSet<ulong>();
        for (ulong at = _file.FirstDirectory; at != 0;)
        {
            if (seen.Count == MaxPages)
            {
                throw ErrorCode.TooLarge.With($"{_file.Name} has more than {MaxPages} pages; so many are not read.").ToException();
            }

            if (!seen.Add(at))
            {
                _notes.Add($"The list of pages goes round in a circle after {seen.Count} pages.");
                return;
            }

            TiffDirectory? directory = Try(() => new TiffDirectory(_file, at), out HutchError? damage);
            if (directory is null)
            {
                _notes.Add($"The list of pages breaks off after {seen.Count - 1} pages: {damage!.Message}");
                return;
            }

            Take(at, directory, seen.Count - 1);
            if (directory.Next is null)
            {
                _notes.Add($"The file ends inside the link after page {seen.Count}; pages after that are missing.");
            }

            at = directory.Next ?? 0;
        }
    }

    private void Take(ulong at, TiffDirectory directory, int number)
    {
        bool isPicture = ((directory.Number(TiffTag.NewSubfileType) ?? 0) & ReducedImageOrMask) == 0
            && directory.Number(TiffTag.SubfileType) != OldReducedImage;
        TiffPage? page = isPicture ? Try(() => TiffPage.Read(_file, directory), out _) : null;
        if (page is null || (_first is not null && !page.IsLike(_first)))
        {
            LeftOut++;
            return;
        }

        _first ??= page;
        _directories.Add(at);
        _numbers.Add(number);
    }

    /// <summary>Reads what may be damaged or unknown after the first page; the first itself must be right.</summary>
    private T? Try<T>(Func<T> read, out HutchError? error)
        where T : class
    {
        error = null;
        try
        {
            return read();
        }
        catch (HutchException e) when (_first is not null)
        {
            error = e.Error;
            return null;
        }
    }

    /// <summary>Returns the axes that OME-XML says, or one for all pages and a note if these are not the images that it says.</summary>
    private long[] Ome(TiffOme ome)
    {
        if (ome.Problem is { } problem)
        {
            _notes.Add(problem);
            return [_directories.Count];
        }

        Dictionary<int, int> places = _numbers.Index().ToDictionary(static each => each.Item, static each => each.Index);
        int found = ome.Pages.Count(places.ContainsKey);
        if (found < ome.Pages.Length)
        {
            _notes.Add($"The description says {ome.Pages.Length} images, of which {found} are in this file{ome.OtherFiles}.");
            return [_directories.Count];
        }

        _order = [.. ome.Pages.Select(page => places[page])];
        LeftOut += _directories.Count - _order.Distinct().Count();
        return ome.Axes;
    }

    /// <summary>Returns the axes that the description of the first page says; null if there is none, or it does not fit.</summary>
    private long[]? Stack()
    {
        if (TiffStack.Read(FirstDirectory, First) is not { } stack)
        {
            return null;
        }

        long[] axes = stack.Axes;
        double images = axes.Aggregate(1.0, static (product, length) => product * length);
        if (_directories.Count > 1 || LeftOut > 0)
        {
            return stack.MayHaveDirectories && images == _directories.Count ? axes : null;
        }

        if (!stack.MayFollow)
        {
            return null;
        }

        if (images > MaxStack || First.AsOnePiece(_file) is not { } one)
        {
            _notes.Add($"The description says {images} images, of which only the first is found.");
            return null;
        }

        long there = Math.Max(1, (long)(one.BytesFromStart(_file) / one.StoredBytes));
        _onePiece = there > 1 ? one : null;
        if (there >= images)
        {
            return axes;
        }

        _notes.Add($"The file ends after {there} of {images} images.");
        return [there];
    }
}
