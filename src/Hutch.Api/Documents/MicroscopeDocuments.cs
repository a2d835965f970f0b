using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Api.Documents;

internal static class MicroscopeDocuments
{
    private const int MaxSeries = 1000;

    public static MicroscopeInfo From(SessionTable table) => new()
    {
        Sessions =
        [
            .. table.Sessions.Select(static session => new MicroscopeSessionInfo
            {
                Folder = session.Folder,
                Name = session.Name,
                Started = Text(session.Started),
                MovieFormat = session.MovieFormat,
                Atlas = session.Atlas is { } atlas
                    ? new AtlasInfo { File = atlas.File, Picture = atlas.Picture, Width = atlas.Width, Height = atlas.Height }
                    : null,
            }),
        ],
        Series =
        [
            .. table.Series.Take(MaxSeries).Select(static series => new TiltSeriesInfo
            {
                File = series.File,
                Stack = series.Stack,
                TiltAxis = series.TiltAxis,
                Tilts = series.Tilts,
                LeastTilt = series.LeastTilt,
                GreatestTilt = series.GreatestTilt,
                Dose = series.Dose,
            }),
        ],
        Counts = new MicroscopeCounts
        {
            Squares = table.Places.Count(static place => place.Kind == LocationKind.Square),
            Holes = table.Places.Count(static place => place.Kind == LocationKind.Hole),
            Items = table.Places.Count(static place => place.Kind is not (LocationKind.Square or LocationKind.Hole)),
            Series = table.Series.Count,
            Exposures = table.Exposures.Count,
            Movies = table.Exposures.Count(static exposure => exposure.Movie is not null),
        },
        Remarks = [.. table.Remarks.Select(static remark => new MicroscopeRemark { Message = remark.Message, Path = remark.Path })],
    };

    public static MicroscopePlace From(GridLocation place) => new()
    {
        Id = place.Id,
        Kind = place.Kind switch
        {
            LocationKind.Square => "square",
            LocationKind.Hole => "hole",
            LocationKind.Map => "map",
            LocationKind.Polygon => "polygon",
            _ => "point",
        },
        Parent = place.Parent,
        Name = place.Name,
        State = place.State,
        StageX = place.Stage?.X,
        StageY = place.Stage?.Y,
        StageZ = place.Stage?.Z,
        X = place.X,
        Y = place.Y,
        Atlas = place.AtlasFile,
        Picture = place.Picture,
        Width = place.Width,
        Height = place.Height,
        Exposures = place.Exposures,
    };

    public static MicroscopeMovie From(Exposure exposure) => new()
    {
        Id = exposure.Id,
        Movie = exposure.Movie,
        Metadata = exposure.Metadata,
        Picture = exposure.Picture,
        Square = exposure.Square,
        Place = exposure.Place,
        Series = exposure.Series,
        Number = exposure.Number,
        Acquired = Text(exposure.Acquired),
        Tilt = exposure.Tilt,
        PixelSize = exposure.PixelSize,
        Dose = exposure.Dose,
        AccumulatedDose = exposure.AccumulatedDose,
        TargetDefocus = exposure.TargetDefocus,
        Defocus = exposure.Defocus,
        Exposure = exposure.Duration,
        Frames = exposure.Frames,
        Voltage = exposure.Voltage,
        Magnification = exposure.Magnification,
        StageX = exposure.Stage?.X,
        StageY = exposure.Stage?.Y,
        Gain = exposure.Gain switch
        {
            GainState.Corrected => "corrected",
            GainState.ReferenceStated => "stated",
            _ => "none",
        },
    };

    /// <summary>With Z in UTC, and without a zone where the file states none.</summary>
    private static string? Text(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
}
