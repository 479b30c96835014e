// SPDX-License-Identifier: Apache-2.0
// What a dashboard of ours may be: Grafana's published types, put together so that each kind of panel has the options and the
// field settings of its own plug-in. Their enumerations are taken by value, since JSON has texts and numbers in their place.
// Not in Grafana's package, and therefore stated here: a query of Prometheus, what its annotations add, and the settings of the two
// transformations and of the overrides that are used.
import type { DataQuery, TableCellOptions } from '@grafana/schema';
import type * as raw from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as statetimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

type Number<T extends number> = `${T}` extends `${infer N extends number}` ? N : T;
type Json<T> = T extends string ? `${T}` : T extends number ? Number<T> : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

interface PrometheusQuery extends DataQuery {
  editorMode: 'code' | 'builder';
  expr: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  legendFormat: string;
  range: boolean;
}

interface Annotation extends Omit<raw.AnnotationQuery, 'target'> {
  target: DataQuery & { expr: string };
  textFormat: string;
  titleFormat: string;
}

type Override = {
  matcher: { id: 'byName'; options: string };
  properties: Array<
    | { id: 'unit'; value: string }
    | { id: 'custom.width'; value: number }
    | { id: 'custom.cellOptions'; value: TableCellOptions }
    | { id: 'thresholds'; value: raw.ThresholdsConfig }
    | { id: 'mappings'; value: raw.ValueMapping[] }
    | { id: 'links'; value: Array<{ targetBlank: boolean; title: string; url: string }> }
  >;
};

type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | {
      id: 'organize';
      options: {
        excludeByName: Record<string, boolean>;
        indexByName: Record<string, number>;
        renameByName: Record<string, string>;
      };
    };

type Shown = 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations' | 'title' | 'description' | 'gridPos' | 'id';
interface Panel<Kind extends string, Options, Custom> extends Omit<raw.Panel, Shown> {
  description: string;
  fieldConfig: { defaults: Omit<raw.FieldConfig, 'custom'> & { custom?: Custom }; overrides: Override[] };
  gridPos: raw.GridPos;
  id: number;
  options: Options;
  targets: PrometheusQuery[];
  title: string;
  transformations?: Transformation[];
  type: Kind;
}

type AnyPanel =
  | Panel<'bargauge', bargauge.Options, never>
  | Panel<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Panel<'stat', stat.Options, never>
  | Panel<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Panel<'table', table.Options, table.FieldConfig>
  | Panel<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | raw.RowPanel;

interface Dashboard extends Omit<raw.Dashboard, 'panels' | 'annotations'> {
  annotations: { list: Annotation[] };
  panels: AnyPanel[];
}

export type Board = Json<Dashboard>;
