using System.Net;
using System.Net.Http.Json;
using Hutch.Client;
using Hutch.Live.Capture;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Live.Tests.Capture;

public sealed class ServerDestinationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_capture_that_is_killed_while_its_dataset_is_made_goes_on_with_that_dataset()
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

    private static ServerDestination Destination(OneDataset server) => new(
        new HutchClient(new Uri("http://127.0.0.1:1"), "hutch_test_token", new HutchClientOptions { Handler = new Unowned(server) }),
        new SeriesNaming("{dcid}", () => new Dictionary<string, string>()), closes: false, temporaryDays: null, _ => { });

    /// <summary>A server on which one dataset is made; the first answer to that may get lost.</summary>
    private sealed class OneDataset : HttpMessageHandler
    {
        public DatasetId Id { get; } = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

        public bool IsKilled { get; set; }

        public List<string> Names { get; } = [];

        public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
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

                var problem = new Problem { Code = ErrorCode.AlreadyExists.Name, Status = 409, Detail = "There is one." };
                return new HttpResponseMessage(HttpStatusCode.Conflict)
                {
                    Content = JsonContent.Create(problem, HutchJson.Default.Problem, new(HutchMediaTypes.Problem)),
                };
            }

            return path.EndsWith("/datasets/resolve", StringComparison.Ordinal)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(Dataset(), HutchJson.Default.DatasetInfo) }
                : new HttpResponseMessage(HttpStatusCode.NoContent);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            AnswerAsync(request, cancellationToken);

        private DatasetInfo Dataset() => new()
        {
            Id = Id,
            Owner = "admin",
            Slug = Names[0],
            Name = $"admin/{Names[0]}",
            Type = "generic",
            State = "open",
            Visibility = "private",
            Kind = "original",
            Created = DateTimeOffset.UnixEpoch,
            HeadVersion = 0,
            Snapshots = 0,
            Files = 0,
            Bytes = 0,
        };
    }

    private sealed class Unowned(OneDataset server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            server.AnswerAsync(request, cancellationToken);
    }
}
