using System.Text;
using Hutch.Api.Documentation;
using Hutch.Api.Endpoints;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>The reference page of the interface is written from the same table as the interface.</summary>
public sealed class ApiPageTests
{
    private const string Head =
        """
        # REST interface

        Everything stands under `/api/v1`. The running server describes it in full: `/docs` is a page to read, `/openapi/v1.json` an OpenAPI 3.1
        document. This page is written from the code; a test compares the two.

        ## What holds everywhere

        - **Who asks**: `Authorization: Bearer TOKEN`, a token of an account or the secret of a share link. Tokens over plain HTTP are taken from
          the same machine only (`hutch serve --behind-proxy` trusts the proxy before it).
        - **Refusals** are problem details (RFC 9457), see [errors](errors.md). Who may not even view a dataset gets 404, whether or not it exists.
        - **JSON** is camelCase; absent fields are left out; times are ISO 8601 in UTC. Requests with unknown fields, duplicate fields, more than
          32 levels or more than 1 MiB (metadata documents: 4 MiB) are refused, and the refusal names the field.
        - **Lists** come in pages: `{"items": […], "next": "CURSOR"}`; ask again with `cursor`. `next` is absent on the last page.
        - **Streams of lines** (`application/x-ndjson`) end with a line that begins with `{"end":`. A stream without it was cut; `{"end":false,"problem":…}`
          says why the server gave up.
        - **Versions**: `at` is a snapshot's number, a tag, or 8 or more digits of its hash; without it the head is meant. Where a fixed version is
          needed (`files`, `diff`, archives, `verify`) the head is folded first, and `X-Hutch-Snapshot` says which snapshot that gave.
        - **Files** have their SHA-256 as `ETag`; `Range`, `If-Range`, `If-Match`, `If-None-Match` and `HEAD` work as RFC 9110 says. They are always
          sent as attachments, or with `view=sandbox` as a document without origin, scripts and network.
        - **Durable**: an answer to a write comes after the sync. A write that was not answered, or answered 503 `outcome-unknown`, is wholly there or
          wholly not; sending it again is safe.

        """;

    [Fact]
    public void The_page_of_the_interface_is_written_from_its_table()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, EndpointDescription> tag in ApiMap.Describe(null).Endpoints.GroupBy(endpoint => endpoint.Tag))
        {
            page.Append($"\n## {tag.Key}\n\n| | | right |\n|---|---|---|\n");
            foreach (EndpointDescription endpoint in tag)
            {
                string query = string.Join('&', endpoint.Parameters.Where(p => p.In == "query").Select(p => p.Name));
                page.Append($"| `{endpoint.Method} {endpoint.Pattern.Replace("{**", "{")}{(query.Length == 0 ? "" : "?" + query)}` | {endpoint.Summary} | {endpoint.Right} |\n");
            }
        }

        Written.MustBe("../../../docs/reference/api.md", page.ToString());
    }
}
