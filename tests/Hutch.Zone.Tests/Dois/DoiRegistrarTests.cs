using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Model.Zone;
using Hutch.Peers.DataCite;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Dois;
using Hutch.Zone.Publishing;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Dois;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedDoiRegistrarTests() : DoiRegistrarTests(null);

/// <summary>What is told to the service of DOIs, and what becomes of it when the service fails.</summary>
public abstract class DoiRegistrarTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_DOI_is_reserved_registered_and_hidden_with_the_publication()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await DescribedAsync(zone);
        var texts = new Texts(zone);

        string doi = (await zone.Services.Publications.GiveDoiAsync(owner, dataset, Ct)).Value.Doi!.Doi;
        Assert.Null(await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct));
        Assert.Equal(("draft", null), (service.Dois[doi].State, service.Dois[doi].Url));
        Assert.Equal(DoiState.Draft, (await FindAsync(zone, owner, dataset)).Doi!.State);

        await PublishAsync(zone, owner, dataset);
        await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        PublicationRecord published = await FindAsync(zone, owner, dataset);
        Assert.Equal(doi, published.Doi!.Doi);
        Assert.All([published.Doi, published.SeriesDoi!], one => Assert.Equal(("findable", Texts.Page(one)), (service.Dois[one.Doi].State, service.Dois[one.Doi].Url)));
        Assert.True(published.Doi.IsCitable);

        _ = (await zone.Services.Publications.WithdrawAsync(owner, dataset, "It was wrong.", Ct)).Value;
        await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        Assert.Equal(("registered", Texts.Page(published.Doi)), (service.Dois[doi].State, service.Dois[doi].Url));
    }

    [Fact]
    public async Task A_draft_is_never_led_to_whatever_happens()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await DescribedAsync(zone);
        _ = (await zone.Services.Publications.GiveDoiAsync(owner, dataset, Ct)).Value;
        _ = (await zone.Services.Publications.GiveDoiAsync(owner, dataset, Ct)).Value;

        for (int day = 0; day < 3; day++)
        {
            await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);
            zone.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal("draft", Assert.Single(service.Dois.Values).State);
        Assert.DoesNotContain(service.Asked, static one => one.EndsWith("publish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_is_lost_costs_a_question_and_never_a_second_DOI()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);
        var texts = new Texts(zone);

        // The first question is answered, the answer to the creation is lost.
        service.Reject(404);
        service.LoseAnswer();
        TimeSpan? pause = await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        PublicationRecord waiting = await FindAsync(zone, owner, dataset);
        Assert.Contains(
            [waiting.Doi!, waiting.SeriesDoi!], static one => one.Problem == "The DOI service is not available: its answer is no HTTP, or the connection broke.");
        zone.Time.Advance(pause!.Value);
        Assert.Null(await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct));

        Assert.Equal(2, service.Dois.Count);
        Assert.Equal(2, service.Asked.Count(static one => one.StartsWith("POST", StringComparison.Ordinal)));
        PublicationRecord record = await FindAsync(zone, owner, dataset);
        Assert.Equal((DoiState.Findable, null), (record.Doi!.State, record.Doi.Problem));
        Assert.Equal((DoiState.Findable, null), (record.SeriesDoi!.State, record.SeriesDoi.Problem));
    }

    [Fact]
    public async Task A_service_that_is_away_is_left_alone_for_growing_waits_and_asked_again()
    {
        await using var service = new DataCiteService { IsAway = true };
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);
        var texts = new Texts(zone);

        var pauses = new List<double>();
        for (int i = 0; i < 10; i++)
        {
            TimeSpan? pause = await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
            pauses.Add(pause!.Value.TotalSeconds);
            zone.Time.Advance(pause.Value);
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 600, 600, 600, 600], pauses);
        Assert.Equal(PublicationStage.Published, (await FindAsync(zone, owner, dataset)).State);
        service.IsAway = false;
        Assert.Null(await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct));
        Assert.All(service.Dois.Values, static one => Assert.Equal("findable", one.State));
        Assert.Equal(2, service.Dois.Count);
    }

    [Fact]
    public async Task A_busy_service_is_left_alone_as_long_as_it_says()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        await PublishedAsync(zone);

        service.Reject(429, "Retry-After: 120");
        TimeSpan? busy = await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);
        zone.Time.Advance(busy!.Value);
        service.Reject(503, "Retry-After: 100000");
        TimeSpan? bounded = await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);

        Assert.Equal((120, 600), (busy.Value.TotalSeconds, bounded!.Value.TotalSeconds));
    }

    [Theory]
    [InlineData(302, "redirects are not followed")]
    [InlineData(401, "refuses the account 'EXAMPLE.HUTCH'")]
    [InlineData(500, "it answered 500")]
    public async Task Answers_of_the_DOI_service_are_explained_without_the_password(int status, string expected)
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);

        service.Reject(status, "Location: http://192.0.2.1/");
        Assert.NotNull(await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct));

        PublicationRecord record = await FindAsync(zone, owner, dataset);
        string problem = Assert.Single(((DoiRecord[])[record.Doi!, record.SeriesDoi!]).Select(static one => one.Problem).OfType<string>());
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(DataCiteService.Password, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"data\":{\"attributes\":{\"state\":\"gone\"}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"state\":{}}}}")]
    [InlineData("{\"data\":{\"attributes\":{\"state\":\"findable\",\"state\":\"draft\"}}}")]
    public async Task An_answer_that_means_nothing_is_no_success(string body)
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);

        service.Say(200, body);
        Assert.NotNull(await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct));

        Assert.False((await FindAsync(zone, owner, dataset)).Doi!.IsCitable);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_and_a_silent_service_is_not_waited_for()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service, timeoutSeconds: 1);
        await PublishedAsync(zone);

        service.Say(200, new string(' ', 2 << 20));
        TimeSpan? first = await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);
        zone.Time.Advance(first!.Value);
        service.Hang();
        TimeSpan? second = await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);

        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_schema_error_is_reported_and_the_registration_is_retried_after_the_description_is_corrected()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);
        var texts = new Texts(zone) { Publisher = "" };

        Assert.Null(await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct));
        Assert.Contains("Expected is publisher", (await FindAsync(zone, owner, dataset)).Doi!.Problem, StringComparison.Ordinal);
        Assert.Empty(service.Dois);

        texts.Publisher = "Beamline 13";
        await DescribeAsync(zone, owner, dataset, "Mended");
        Assert.Null(await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct));
        Assert.Equal((DoiState.Findable, null), ((await FindAsync(zone, owner, dataset)).Doi!.State, (await FindAsync(zone, owner, dataset)).Doi!.Problem));
    }

    [Fact]
    public async Task The_service_is_asked_only_when_something_has_changed()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);
        var texts = new Texts(zone);
        await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        int asked = service.Asked.Count;

        await DescribeAsync(zone, owner, dataset, "Says the same to DataCite");
        zone.Time.Advance(TimeSpan.FromHours(25));
        await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        Assert.Equal(asked, service.Asked.Count);

        texts.Publisher = "Another";
        zone.Time.Advance(TimeSpan.FromHours(25));
        await zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct);
        Assert.All(service.Dois.Values, static one => Assert.Contains("Another", one.Xml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_DOI_in_use_elsewhere_is_not_changed()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (Caller owner, DatasetId dataset) = await PublishedAsync(zone);
        string doi = (await FindAsync(zone, owner, dataset)).Doi!.Doi;
        service.Put(doi, "findable", "https://elsewhere.example.org/1");

        await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);

        Assert.Equal("https://elsewhere.example.org/1", service.Dois[doi].Url);
        Assert.Contains("in use at the DOI service already", (await FindAsync(zone, owner, dataset)).Doi!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_tell_the_service_once()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        await PublishedAsync(zone);
        var texts = new Texts(zone);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => zone.Services.DoiRegistrar.ProcessDueAsync(texts, Ct))));

        Assert.Equal(2, service.Asked.Count(static one => one.StartsWith("POST", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_service_nothing_is_given_and_what_was_given_stays()
    {
        await using var service = new DataCiteService();
        await using TestZone zone = await OpenAsync(service);
        (_, DatasetId dataset) = await PublishedAsync(zone);
        await zone.Services.DoiRegistrar.ProcessDueAsync(new Texts(zone), Ct);
        await zone.ReopenAsync(TestZone.Quick);
        Caller same = await zone.AdminAsync();

        Assert.True((await FindAsync(zone, same, dataset)).Doi!.IsCitable);
        NameRecord other = await zone.DatasetAsync(same, "other");
        await DescribeAsync(zone, same, other.Dataset, "Other");
        Assert.Equal(ErrorCode.Unprocessable, (await zone.Services.Publications.GiveDoiAsync(same, other.Dataset, Ct)).Error?.Code);
    }

    private Task<TestZone> OpenAsync(DataCiteService service, int timeoutSeconds = 20) => OpenAsync(TestZone.Quick with
    {
        PublicUrl = new Uri("https://hutch.example.org"),
        Dois = new DoiOptions
        {
            Endpoint = service.Endpoint,
            Prefix = DataCiteService.Prefix,
            Account = DataCiteService.Account,
            Password = DataCiteService.Password,
            TimeoutSeconds = timeoutSeconds,
            MaxRetrySeconds = 600,
        },
    });

    private static async Task<(Caller Owner, DatasetId Dataset)> DescribedAsync(TestZone zone)
    {
        Caller owner = await zone.AdminAsync();
        NameRecord name = await zone.DatasetAsync(owner, "data");
        await DescribeAsync(zone, owner, name.Dataset, "Frames");
        return (owner, name.Dataset);
    }

    private static async Task<(Caller Owner, DatasetId Dataset)> PublishedAsync(TestZone zone)
    {
        (Caller owner, DatasetId dataset) = await DescribedAsync(zone);
        await PublishAsync(zone, owner, dataset);
        return (owner, dataset);
    }

    private static async Task DescribeAsync(TestZone zone, Caller owner, DatasetId dataset, string title) => _ = (await zone.Services.Publications.DescribeAsync(
        owner, dataset, new PublicationDescription { Title = title }, isComplete: true, null, Ct)).Value;

    private static async Task PublishAsync(TestZone zone, Caller owner, DatasetId dataset)
    {
        var wanted = new PublicationRequest(
            (await FindAsync(zone, owner, dataset)).Revision, new PublishedData(1, BlobHash.Compute("tree"u8), 1, 1), Visibility.Public, null);
        _ = (await zone.Services.Publications.PublishAsync(owner, dataset, wanted, Ct)).Value;
    }

    private static async Task<PublicationRecord> FindAsync(TestZone zone, Caller owner, DatasetId dataset) =>
        (await zone.Services.Publications.FindAsync(owner, dataset, Ct)).Value!;

    /// <summary>Says of each DOI where its page is, and a title.</summary>
    private sealed class Texts(TestZone zone) : IDoiTexts
    {
        public string Publisher { get; set; } = "Beamline 13";

        public static string Page(DoiRecord doi) => $"https://hutch.example.org/publications/{doi.Dataset}{(doi.IsSeries ? "/versions" : "")}";

        public async Task<DoiText?> WriteAsync(DoiRecord doi, CancellationToken ct)
        {
            PublicationStatus? standing = await zone.Services.Publications.FindPublishedAsync(doi.Dataset, ct);
            string xml = $"""
                <resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">{doi.Doi}</identifier>
                <creators><creator><creatorName>Lovelace, Ada</creatorName></creator></creators><titles><title>Frames</title></titles>
                {(Publisher.Length == 0 ? "" : $"<publisher>{Publisher}</publisher>")}<publicationYear>2026</publicationYear>
                <resourceType resourceTypeGeneral="Dataset">Dataset</resourceType></resource>
                """;
            return standing is null
                ? null
                : new DoiText(Page(doi), System.Text.Encoding.UTF8.GetBytes(xml), standing.Record.State == PublicationStage.Published);
        }
    }
}
