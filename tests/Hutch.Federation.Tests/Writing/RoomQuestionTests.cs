using System.Text.Json;
using Hutch.Federation.Quotas;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

public sealed class RoomQuestionTests
{
    [Fact]
    public void As_many_datasets_as_are_asked_for_together_fit_into_a_request()
    {
        var request = new QuotaRequest
        {
            Dataset = new DatasetId(Guid.NewGuid()),
            With = [.. Enumerable.Range(1, HomeQuotas.MaxAtOnce - 1).Select(static _ => new DatasetId(Guid.NewGuid()))],
            Owner = new string('o', 100),
            IsExact = true,
        };

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, SiteJson.Default.QuotaRequest);

        Assert.InRange(body.Length, 1, SiteProtocol.MaxRequestBytes);
    }
}
