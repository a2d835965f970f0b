using System.Net;
using System.Net.Http.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Capture.Tests;

public sealed class ServerDestinationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_capture_killed_while_it_creates_its_dataset_resumes_with_that_dataset()
    {
        using var server = new OneDataset();
        string? taken = null;
        server.IsKilled = true;
        await Assert.ThrowsAnyAsync<Exception>(() => Destination(server).CreateAsync(
            new NewSeries("series-1", new() { ["dcid"] = 4711 }, "{}"u8.ToArray(), taken, now => taken = now), Ct));

        // The images that come now have no name for it, and the start does not come again.
        server.IsKilled = false;
        ServerDestination again = Destination(server);
        Assert.Null(await again.ReopenAsync(taken!, Ct));
        CaptureTarget target = await again.CreateAsync(new NewSeries("series-1", null, "{}"u8.ToArray(), taken, now => taken = now), Ct);

        Assert.Equal(("admin/4711", server.Id.ToString(), server.Id.ToString()), (target.Name, target.Id, taken));
        Assert.Equal(["4711", "4711"], server.Names);
    }

    [Fact]
    public async Task A_detector_that_uses_a_name_again_after_each_restart_gets_a_dataset_each_time()
    {
        using var server = new TakenNames("series-1", "series-1-1", "series-1-1-2");

        CaptureTarget target = await Destination(server).CreateAsync(
            new NewSeries("1", null, "{}"u8.ToArray(), null, _ => { }), Ct);

        Assert.Equal("admin/series-1-1-3", target.Name);
    }

    [Theory]
    [InlineData("mx1-1", "There is no user or group 'mx1-1'.")]
    [InlineData("../x", "There is no user or group '../x'.")]
    public async Task A_series_whose_owner_there_is_not_goes_to_the_account_of_the_capture(string visit, string problem)
    {
        using var server = new TakenNames { Owners = ["group"] };
        var told = new List<string>();

        CaptureTarget target = await Destination(server, "{visit}/{dcid}", told).CreateAsync(
            new NewSeries("1", new() { ["visit"] = visit, ["dcid"] = 4711 }, "{}"u8.ToArray(), null, _ => { }), Ct);

        Assert.Equal("admin/4711", target.Name);
        Assert.Equal([$"{problem} The series goes to the dataset 4711 of the capture's own account."], told);
    }

    private static ServerDestination Destination(HttpMessageHandler server, string template = "{dcid}", List<string>? told = null) => new(
        new HutchClient(new Uri("http://127.0.0.1:1"), "hutch_test_token", new HutchClientOptions { Handler = new Unowned(server) }),
        new SeriesNaming(template, () => new Dictionary<string, string>()), closes: false, temporaryDays: null, (told ?? []).Add);

    private static DatasetInfo Dataset(DatasetId id, string name, long files) => new()
    {
        Id = id,
        Owner = "admin",
        Slug = name,
        Name = $"admin/{name}",
        Type = "generic",
        State = "open",
        Visibility = "private",
        Kind = "original",
        Created = DateTimeOffset.UnixEpoch,
        HeadVersion = 0,
        Snapshots = 0,
        Files = files,
        Bytes = 0,
    };

    private static HttpResponseMessage Reject(HttpStatusCode status, ErrorCode code, string detail) => new(status)
    {
        Content = JsonContent.Create(
            new Problem { Code = code.Name, Status = (int)status, Detail = detail }, HutchJson.Default.Problem,
            new(HutchMediaTypes.Problem)),
    };

    private static HttpResponseMessage Taken() => Reject(HttpStatusCode.Conflict, ErrorCode.AlreadyExists, "There is one.");

    private static HttpResponseMessage Answer(DatasetInfo dataset, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = JsonContent.Create(dataset, HutchJson.Default.DatasetInfo) };

    /// <summary>A server on which one dataset is made; the first answer to that may get lost.</summary>
    private sealed class OneDataset : HttpMessageHandler
    {
        public DatasetId Id { get; } = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

        public bool IsKilled { get; set; }

        public List<string> Names { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.AbsolutePath;
            if (request.Method == HttpMethod.Post && path.EndsWith("/datasets", StringComparison.Ordinal))
            {
                CreateDataset asked = (await request.Content!.ReadFromJsonAsync(HutchJson.Default.CreateDataset, cancellationToken))!;
                Names.Add(asked.Name!);
                if (IsKilled)
                {
                    throw new InvalidOperationException("The process ends here.");
                }

                return Taken();
            }

            return path.EndsWith("/datasets/resolve", StringComparison.Ordinal)
                ? Answer(Dataset(Id, Names[0], files: 0))
                : new HttpResponseMessage(HttpStatusCode.NoContent);
        }
    }

    /// <summary>A server on which datasets of some names have something in them.</summary>
    private sealed class TakenNames(params string[] names) : HttpMessageHandler
    {
        public IReadOnlyList<string> Owners { get; init; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.AbsolutePath;
            if (request.Method == HttpMethod.Post && path.EndsWith("/datasets", StringComparison.Ordinal))
            {
                CreateDataset asked = (await request.Content!.ReadFromJsonAsync(HutchJson.Default.CreateDataset, cancellationToken))!;
                string owner = asked.Name!.Contains('/', StringComparison.Ordinal) ? asked.Name[..asked.Name.LastIndexOf('/')] : "";
                if (owner.Length > 0 && !Owners.Contains(owner))
                {
                    return Reject(HttpStatusCode.NotFound, ErrorCode.NotFound, $"There is no user or group '{owner}'.");
                }

                return names.Contains(asked.Name)
                    ? Taken()
                    : Answer(Dataset(new(Guid.NewGuid()), asked.Name!, files: 0), HttpStatusCode.Created);
            }

            return path.EndsWith("/datasets/resolve", StringComparison.Ordinal)
                ? Answer(Dataset(new(Guid.NewGuid()), names[0], files: 5))
                : new HttpResponseMessage(HttpStatusCode.NoContent);
        }
    }

    /// <summary>Leaves the server as it is when a client is disposed.</summary>
    private sealed class Unowned(HttpMessageHandler server) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _server = new(server, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _server.SendAsync(request, cancellationToken);
    }
}
