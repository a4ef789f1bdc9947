// What a dashboard of ours may hold, put together of the types that Grafana
// publishes as @grafana/schema: its Dashboard, with the panels that we use and
// their own options and field configurations, and nothing else. dashboard.schema.json
// is made of this file; see README.md beside it.
import type { Dashboard, Panel, FieldConfigSource, FieldConfig, Threshold, ThresholdsConfig, DataSourceRef } from './node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type { Options as Stat } from './node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type { Options as Table, FieldConfig as TableField } from './node_modules/@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type { Options as TimeSeries, FieldConfig as TimeSeriesField } from './node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';
import type { Options as StateTimeline, FieldConfig as StateTimelineField } from './node_modules/@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen';
import type { Options as BarGauge } from './node_modules/@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type { Options as Text } from './node_modules/@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';

// A query to Prometheus: not in the package, from Grafana's own documentation of its data source.
export interface Query {
  refId: string;
  datasource: { type: 'prometheus'; uid: string };
  editorMode: 'code';
  expr: string;
  format: 'time_series' | 'table';
  instant: boolean;
  range: boolean;
  legendFormat?: string;
}
export interface Link { title: string; url: string; targetBlank: boolean }
export interface Field<Custom> extends Omit<FieldConfig, 'custom' | 'links'> { custom?: Partial<Custom>; links?: Link[] }
export interface Source<Custom> extends Omit<FieldConfigSource, 'defaults'> { defaults: Field<Custom> }
export interface Of<Type extends string, Opt, Custom> extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'id' | 'gridPos'> {
  type: Type;
  id: number;
  gridPos: { h: number; w: number; x: number; y: number };
  datasource?: { type: 'prometheus'; uid: string };
  options: Opt;
  fieldConfig?: Source<Custom>;
  targets?: Query[];
}
export interface None {}
export interface Board extends Omit<Dashboard, 'panels'> {
  title: string;
  uid: string;
  panels: Array<Of<'stat', Stat, None> | Of<'table', Table, TableField> | Of<'timeseries', TimeSeries, TimeSeriesField>
    | Of<'state-timeline', StateTimeline, StateTimelineField> | Of<'bargauge', BarGauge, None> | Of<'text', Text, None>>;
}
