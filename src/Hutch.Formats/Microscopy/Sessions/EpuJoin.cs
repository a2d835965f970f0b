namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>Joins the files of EPU: sessions to atlases, atlases to squares, squares to holes, and these to the exposures.</summary>
internal sealed class EpuJoin
{
    /// <summary>
    /// The names that the path of an atlas must share: <c>Atlas/Atlas.dm</c>. All samples have these two, so that the squares decide.
    /// </summary>
    private const int AtlasNames = 2;

    private readonly SessionDraft _draft;
    private readonly SessionFile[] _read;
    private readonly Dictionary<string, EpuAtlas> _atlases;
    private readonly Dictionary<string, RecordedSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _squareOfHole = [];
    private readonly Dictionary<string, ExposureFiles> _exposures = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _pictures;

    public EpuJoin(SessionDraft draft, IReadOnlyList<string> paths, SessionFile[] read)
    {
        _draft = draft;
        _read = read;
        _atlases = _read.Of<EpuAtlas>().ToDictionary(static file => file.Path, static file => file.Content);
        _pictures = paths.Where(static path => SessionNames.PictureRank(path) is not null)
            .ToLookup(static path => Path.GetFileNameWithoutExtension(SessionNames.Last(path)), StringComparer.Ordinal);
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            AddFile(path);
        }
    }

    public void Run()
    {
        foreach ((string path, EpuSession session) in _read.Of<EpuSession>())
        {
            var recorded = new RecordedSession(
                SessionNames.FolderOf(path), session.Name, session.Started, session.MovieFormat, AtlasOf(path, session));
            _draft.Sessions.Add(recorded);
            _sessions[recorded.Folder] = recorded;
        }

        Dictionary<long, EpuImage> squarePictures = SquarePictures();
        foreach ((string path, EpuSquare square) in _read.Of<EpuSquare>())
        {
            AddSquare(square, SessionOf(path)?.Atlas, squarePictures.GetValueOrDefault(square.Id));
        }

        AddUnlistedSquares(squarePictures);
        var images = _read.Of<EpuImage>().ToDictionary(static file => file.Path, static file => file.Content);
        var withoutMovie = new List<string>();
        var withoutMetadata = new List<string>();
        foreach ((string stem, ExposureFiles files) in _exposures.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            AddExposure(stem, files, images, withoutMovie, withoutMetadata);
        }

        _draft.Remarks.AddSeveral(withoutMovie, static count => $"{Exposures(count)} without a movie in this dataset, such as this one.");
        _draft.Remarks.AddSeveral(
            withoutMetadata, static count => $"{Exposures(count)} with a movie, but without its XML, such as this one.");
    }

    private static string Exposures(int count) => count == 1 ? "There is 1 exposure" : $"There are {count} exposures";

    private static string SquareId(long number) => $"square-{number}";

    private static string HoleId(long number) => $"hole-{number}";

    private void AddFile(string path)
    {
        string name = SessionNames.Last(path);
        if (SessionNames.HoleOf(name) is null)
        {
            return;
        }

        (string stem, bool isMovie) = SessionNames.Split(name);
        bool isMetadata = SessionNames.KindOf(path) == SessionFileKind.Exposure;
        if (isMovie || isMetadata)
        {
            ExposureFiles files = CollectionsMarshal.GetValueRefOrAddDefault(_exposures, stem, out _) ??= new ExposureFiles([], []);
            (isMovie ? files.Movies : files.Metadata).Add(path);
        }
    }

    /// <summary>The atlas may be in another folder, which several sessions share: its path is that of the microscope's computer.</summary>
    private Atlas? AtlasOf(string path, EpuSession session)
    {
        foreach (string foreign in session.Atlases)
        {
            if (_draft.Files.TryFind(foreign, AtlasNames, out string? file, out bool isAmbiguous)
                && _atlases.TryGetValue(file, out EpuAtlas? atlas) && session.Squares.Any(atlas.Nodes.ContainsKey))
            {
                return new Atlas(
                    file, atlas.Picture is { } picture ? PictureOf(picture, SessionNames.FolderOf(file)) : null, atlas.Width, atlas.Height);
            }

            _draft.Remarks.Add(
                isAmbiguous
                    ? $"Several files could be its atlas, {Display.Quote(foreign)}, so that it has none."
                    : $"Its atlas, {Display.Quote(foreign)}, is not in this dataset, or has none of its squares.",
                path);
        }

        return null;
    }

    /// <summary>The picture with a name: in the folder, or the only one.</summary>
    private string? PictureOf(string name, string? folder)
    {
        string[] found = [.. _pictures[name]];
        string[] beside = Array.FindAll(found, path => SessionNames.FolderOf(path) == folder);
        string[] folders = [.. (beside.Length > 0 ? beside : found).Select(SessionNames.FolderOf).Distinct(StringComparer.Ordinal)];
        return folders.Length == 1
            ? found.Where(path => SessionNames.FolderOf(path) == folders[0]).MinBy(SessionNames.PictureRank)
            : null;
    }

    /// <summary>The session in whose folder a file is; the innermost of several.</summary>
    private RecordedSession? SessionOf(string path)
    {
        for (string folder = SessionNames.FolderOf(path); folder.Length > 0; folder = SessionNames.FolderOf(folder))
        {
            if (_sessions.TryGetValue(folder, out RecordedSession? session))
            {
                return session;
            }
        }

        return _sessions.GetValueOrDefault("");
    }

    /// <summary>The newest XML of the picture of each square.</summary>
    private Dictionary<long, EpuImage> SquarePictures()
    {
        var found = new Dictionary<long, EpuImage>();
        foreach ((string path, EpuImage image) in _read.Of<EpuImage>()
            .OrderBy(static file => SessionNames.Last(file.Path), StringComparer.Ordinal))
        {
            if (SessionNames.KindOf(path) == SessionFileKind.SquarePicture && SessionNames.SquareOf(path) is { } square)
            {
                found[square] = image;
            }
        }

        return found;
    }

    private void AddSquare(EpuSquare square, Atlas? atlas, EpuImage? image)
    {
        AtlasNode? node = atlas is null ? null : _atlases[atlas.File].Nodes.GetValueOrDefault(square.AtlasNode ?? square.Id);
        _draft.Add(new GridLocation
        {
            Id = SquareId(square.Id),
            Kind = LocationKind.Square,
            Name = square.Id.ToString(CultureInfo.InvariantCulture),
            State = square.State,
            Stage = square.Stage ?? image?.Stage,
            X = node?.X,
            Y = node?.Y,
            AtlasFile = node is null ? null : atlas!.File,
            Picture = square.Picture is { } picture ? PictureOf(picture, null) : null,
            Width = image?.Width,
            Height = image?.Height,
        });
        foreach (EpuHole hole in square.Holes.Where(static hole => hole.IsSelected))
        {
            _squareOfHole.TryAdd(hole.Id, square.Id);
            _draft.Add(new GridLocation
            {
                Id = HoleId(hole.Id),
                Kind = LocationKind.Hole,
                Parent = SquareId(square.Id),
                Name = hole.Id.ToString(CultureInfo.InvariantCulture),
                State = hole.State,
                Stage = hole.Stage,
                X = hole.PixelX,
                Y = hole.PixelY,
                Picture = hole.Picture is { } name ? PictureOf(name, null) : null,
            });
        }
    }

    /// <summary>Squares that have a picture, and no file of their own yet.</summary>
    private void AddUnlistedSquares(Dictionary<long, EpuImage> pictures)
    {
        foreach ((long square, EpuImage image) in pictures.Where(pair => !_draft.HasPlace(SquareId(pair.Key))))
        {
            _draft.Add(new GridLocation
            {
                Id = SquareId(square),
                Kind = LocationKind.Square,
                Name = square.ToString(CultureInfo.InvariantCulture),
                Stage = image.Stage,
                Width = image.Width,
                Height = image.Height,
            });
        }
    }

    private void AddExposure(
        string stem, ExposureFiles files, Dictionary<string, EpuImage> images, List<string> withoutMovie, List<string> withoutMetadata)
    {
        string? movie = Only(files.Movies, "movie");
        string? metadata = Only(files.Metadata, "XML");
        if (files.Movies.Count == 0)
        {
            withoutMovie.Add(files.Metadata[0]);
        }

        if (files.Metadata.Count == 0)
        {
            withoutMetadata.Add(files.Movies[0]);
        }

        EpuImage? image = metadata is null ? null : images.GetValueOrDefault(metadata);
        string first = metadata ?? files.Metadata.Concat(files.Movies).First();
        long hole = SessionNames.HoleOf(stem)!.Value;
        long? square = SessionNames.SquareOf(first) ?? (_squareOfHole.TryGetValue(hole, out long known) ? known : null);
        AddMissingPlaces(hole, square, image);
        _draft.Add(new Exposure
        {
            Id = stem,
            Movie = movie,
            Metadata = metadata,
            Picture = PictureOf(stem, SessionNames.FolderOf(first)),
            Square = square is { } number ? SquareId(number) : null,
            Place = HoleId(hole),
            Acquired = image?.Acquired,
            Tilt = image?.Tilt,
            PixelSize = image?.PixelSize,
            Dose = image?.Dose,
            TargetDefocus = image?.TargetDefocus,
            Defocus = image?.Defocus,
            Duration = image?.Exposure,
            Frames = image?.Frames,
            Voltage = image?.Voltage,
            Magnification = image?.Magnification,
            Stage = image?.Stage,
            Gain = GainOf(first),
        });
    }

    private GainState GainOf(string path) =>
        EpuSession.IsCorrected(SessionOf(path)?.MovieFormat) == true ? GainState.Corrected : GainState.NotCorrected;

    /// <summary>A hole that was exposed is shown even if no square lists it.</summary>
    private void AddMissingPlaces(long hole, long? square, EpuImage? image)
    {
        if (square is { } number && !_draft.HasPlace(SquareId(number)))
        {
            _draft.Add(new GridLocation
            {
                Id = SquareId(number),
                Kind = LocationKind.Square,
                Name = number.ToString(CultureInfo.InvariantCulture),
            });
        }

        if (!_draft.HasPlace(HoleId(hole)))
        {
            _draft.Add(new GridLocation
            {
                Id = HoleId(hole),
                Kind = LocationKind.Hole,
                Parent = square is { } parent ? SquareId(parent) : null,
                Name = hole.ToString(CultureInfo.InvariantCulture),
                Stage = image?.Stage,
            });
        }
    }

    private string? Only(List<string> paths, string what)
    {
        if (paths.Count > 1)
        {
            _draft.Remarks.Add(
                $"It and {(paths.Count == 2 ? Display.Quote(paths[1]) : $"{paths.Count - 1} other files")} could be the {what} of one "
                + $"exposure, so that none of them is.",
                paths[0]);
        }

        return paths.Count == 1 ? paths[0] : null;
    }

    private sealed record ExposureFiles(List<string> Movies, List<string> Metadata);
}
