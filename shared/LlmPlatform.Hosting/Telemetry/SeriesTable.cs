using System.Collections.Concurrent;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Finds the series of a tag set. Known sets are found without a lock or an allocation. The number of sets is
/// bounded: a label that turns out to be unbounded must not eat the memory of a gateway, so what comes beyond shares
/// one series.
/// </summary>
/// <param name="capacity">Tag sets that are told apart.</param>
/// <param name="create">Makes a series from its rendered labels.</param>
internal sealed class SeriesTable<TSeries>(int capacity, Func<string, TSeries> create)
    where TSeries : class
{
    private readonly ConcurrentDictionary<TagSet, TSeries> _byTags = new(TagSetComparer.Instance);
    private readonly Dictionary<string, TSeries> _byLabels = new(StringComparer.Ordinal);
    private readonly List<TSeries> _inOrder = [];
    private readonly Lock _growth = new();
    private int _known;
    private volatile TSeries? _overflow;

    /// <summary>
    /// The series of a tag set; made when it is new and there is room, otherwise the one for the overflow.
    /// </summary>
    public TSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        return lookup.TryGetValue(tags, out var series) ? series : _overflow ?? Add(tags);
    }

    /// <summary>Every series so far, in the order in which they appeared.</summary>
    public TSeries[] Snapshot()
    {
        lock (_growth)
        {
            return [.. _inOrder];
        }
    }

    private TSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_growth)
        {
            var lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
            if (lookup.TryGetValue(tags, out var series))
            {
                return series;
            }

            if (_known == capacity)
            {
                return _overflow ??= WithLabels("overflow=\"true\"");
            }

            // 1 and "1" are different tags and the same label: such sets share a series, or it would be exposed twice.
            series = WithLabels(PrometheusNames.Labels(tags));
            _byTags[new TagSet(tags.ToArray())] = series;
            _known++;
            return series;
        }
    }

    private TSeries WithLabels(string labels)
    {
        if (!_byLabels.TryGetValue(labels, out var series))
        {
            series = create(labels);
            _byLabels.Add(labels, series);
            _inOrder.Add(series);
        }

        return series;
    }
}
