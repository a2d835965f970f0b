using System.Text;
using Hutch.Api.Documentation;
using Hutch.Api.Tests.Support;
using Hutch.Contracts.Rest;
using Hutch.Testing;
using Hutch.Zone.Logins;

namespace Hutch.Api.Tests.Contract;

/// <summary>The reference page of the interface is written from the same table as the interface.</summary>
public sealed class ApiPageTests
{
    private const string Head =
        """
        # REST interface

        All paths are below `/api/v1`. The running server documents them in full: `/docs` for people, `/openapi/v1.json` as
        OpenAPI 3.1. A test compares this page with the code.

        Other doors of the same server are the portal at `/`, [git and DataLad](../datalad.md) below `/git` and `/ria`, and
        [S3](../s3.md) at a separate address. They show the same datasets, with the same rights. Published datasets are
        visible to everybody at `/publications/ID`, listed at `/publications`, and named to search engines in `/sitemap.xml`,
        to harvesters at `/oai` (OAI-PMH 2.0) and to portals at `/panosc/api` ([PaN search API](panosc.md))
        ([publishing](../getting-started/owner.md#publish-a-dataset)).

        ## Conventions

        - **Authentication**: `Authorization: Bearer TOKEN`, with a token of an account or the secret of a share link.
          Tokens over plain HTTP are accepted only from the same machine (`hutch serve --behind-proxy` trusts the proxy in
          front).
        - **Errors** are problem details (RFC 9457), see [errors](errors.md). A dataset that you may not view answers 404,
          whether or not it exists.
        - **JSON** is camelCase; absent fields are omitted; times are ISO 8601 in UTC. Requests with unknown or duplicate
          fields, more than 32 levels, or more than 1 MiB (metadata documents: 4 MiB) are refused. The error names the
          field.
        - **Lists** come in pages: `{"items": […], "next": "CURSOR"}`. Pass `cursor` to get the next page; `next` is absent
          on the last one. A page of a filtered list can be short, even empty, and have a `next`: the server looks at a
          bounded number of names for each.
        - **Line streams** (`application/x-ndjson`) end with a line that begins with `{"end":`. A stream without it was cut
          off; `{"end":false,"problem":…}` gives the reason why the server gave up.
        - **Versions**: `at` is the number of a snapshot, a tag, or 8 or more digits of its hash; the default is the head.
        - **Fixed versions**: for `files`, `diff`, archives and `verify`, the server compacts the head first and names the
          resulting snapshot in `X-Hutch-Snapshot`. A reader without write permission triggers a snapshot at most once every
          `site.fold.readerSeconds`, and waits for it. A caller without an account gets the newest existing snapshot.
        - **Files** have their SHA-256 as `ETag`; `Range`, `If-Range`, `If-Match`, `If-None-Match`, `If-Unmodified-Since` and
          `HEAD` follow RFC 9110.
          They are always sent as attachments, or with `view=sandbox` as a document without origin, scripts and network.
        - **Durability**: a write is answered after the sync. A write without an answer, or answered 503 `outcome-unknown`,
          happened completely or not at all. You can safely send it again.

        The lists below name each request with its query parameters, and the required right in parentheses.

        """;

    [Fact]
    public async Task The_page_of_the_interface_is_written_from_its_table_whose_calls_have_one_handler_each()
    {
        await using TestServer server = await TestServer.StartAsync();
        IEnumerable<RestCall> table = typeof(RestCalls).GetNestedTypes()
            .SelectMany(group => group.GetFields()).Select(field => (RestCall)field.GetValue(null)!);
        Assert.Equal(
            table.Select(call => $"{call.Method} {call.Pattern}").Order(StringComparer.Ordinal),
            server.Server.Rest.Endpoints.Endpoints.Select(one => $"{one.Call.Method} {one.Call.Pattern}").Order(StringComparer.Ordinal));
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, EndpointDescription> tag in server.Server.Rest.Endpoints.Endpoints.GroupBy(endpoint => endpoint.Tag))
        {
            page.Append($"\n## {tag.Key}\n\n");
            foreach (EndpointDescription endpoint in tag)
            {
                string query = string.Join('&', endpoint.Parameters.Where(p => p.In == "query").Select(p => p.Name));
                string request = $"{endpoint.Call.Method} {endpoint.Call.Pattern.Replace("{**", "{")}{(query.Length == 0 ? "" : "?" + query)}";
                page.Append(Markdown.Item($"`{request}` ({endpoint.Call.Right}): {Markdown.Sentence(endpoint.Summary)}"));
            }
        }

        Written.MustBe("../../../docs/reference/api.md", page.ToString());
    }

    /// <summary>The zone knows no documents, and so writes these two paths itself.</summary>
    [Fact]
    public void Paths_of_a_login_at_the_zone_are_those_of_the_table()
    {
        Assert.Equal(SiteLoginAuthorizer.CallbackPath, "/" + RestCalls.Login.FinishZone.At().Path);
        Assert.Equal(ZoneLoginClient.AuthorizePath, "/" + RestCalls.Login.Authorize.At().Path);
    }
}
