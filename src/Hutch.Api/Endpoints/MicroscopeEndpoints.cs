using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Microscopes;
using Hutch.Formats.Microscopy.Sessions;

namespace Hutch.Api.Endpoints;

/// <summary>Sessions at a microscope, as their files say.</summary>
internal sealed class MicroscopeEndpoints : IEndpoints
{
    private const string Tag = "Microscopes";

    public void Add(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Microscopes.Find,
            "The sessions of EPU and SerialEM in the dataset: atlases, tilt series, counts, and what could not be joined")
            .At()
            .Gives(
                request => request.Reader.Microscopes.FindAsync(request.Caller, request.Dataset, request.At, request.Aborted),
                MicroscopeDocuments.From);
        table.Add(Tag, RestCalls.Microscopes.ListPlaces, "Squares, holes and items of the navigator. Those of a parent follow each other")
            .At()
            .Query("kind", "Only of this kind: `square`, `hole`, `map`, `polygon` or `point`")
            .Query("parent", "Only in this square, or on this map")
            .Paged()
            .GivesPage(
                request => request.Reader.Microscopes.ListPlacesAsync(
                    request.Caller, request.Dataset, request.At, new LocationFilter(Kind(request), request.Query("parent")), Start(request),
                    request.Limit, request.Aborted),
                MicroscopeDocuments.From);
        table.Add(Tag, RestCalls.Microscopes.ListMovies, "Exposures with their movies, by time. Numbers are in the units of the field")
            .At()
            .Query("square", "Only in this square")
            .Query("place", "Only at this hole or item")
            .Query("series", "Only of the tilt series of this .mdoc")
            .Query("part", "Only with this text in the path of the movie or of its metadata, in any case")
            .Query("newest", "`true`: the newest first", "boolean")
            .Paged()
            .GivesPage(
                request => request.Reader.Microscopes.ListExposuresAsync(
                    request.Caller, request.Dataset, request.At,
                    new ExposureFilter(
                        request.Query("square"), request.Query("place"), request.Query("series"), request.Query("part"),
                        request.Flag("newest")),
                    Start(request), request.Limit, request.Aborted),
                MicroscopeDocuments.From);
    }

    private static int Start(ApiRequest request) => (int)Math.Min(request.Number("cursor", 0, 0), int.MaxValue - 1);

    private static LocationKind? Kind(ApiRequest request) => request.Query("kind") switch
    {
        null => null,
        "square" => LocationKind.Square,
        "hole" => LocationKind.Hole,
        "map" => LocationKind.Map,
        "polygon" => LocationKind.Polygon,
        "point" => LocationKind.Point,
        string text => throw ErrorCode.BadRequest.With(
            $"'kind' is {Display.Quote(text)}; it must be one of: square, hole, map, polygon, point.").ToException(),
    };
}
