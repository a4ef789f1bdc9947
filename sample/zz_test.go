package sample
import ("testing";"context";"fmt";"time";"os";"path/filepath";"crypto/sha256";"encoding/hex"
"loa/store";"loa/store/keep";"loa/crawler";"loa/crawler/fetch";"loa/crawler/classify";"loa/crawler/extract";"loa/monitor";"loa/plans";"loa/media";"loa/schedule";"log/slog")
func TestE2E(t *testing.T){
 ctx:=context.Background(); dir:=t.TempDir()
 st,err:=store.Open(ctx,filepath.Join(dir,"loa.db"),store.Options{}); if err!=nil{t.Fatal(err)}
 defer st.Close()
 s,c:=serve(t,at(1,2,7))
 p,_,_:=plans.Load(Plans(),"mau/2023"); cal,_:=plans.Holidays(plans.Files())
 cl,err:=fetch.New(fetch.Options{AllowLoopback:true,Resolve:s.Resolve}); if err!=nil{t.Fatal(err)}
 k,err:=keep.Folder(filepath.Join(dir,"kept")); if err!=nil{t.Fatal(err)}
 var src []media.Source; for _,x:=range p.Sources{ if !x.Verify{src=append(src,x)}}
 cr,err:=crawler.New(crawler.Options{Hosts:st,Records:st,Known:st,Keeper:k,Fetch:cl,Sources:src,Columns:p.Columns,Province:"mau",Business:c.now,Spacing:time.Millisecond,Workers:16,Node:"t",Log:slog.New(slog.NewTextHandler(os.Stderr,&slog.HandlerOptions{Level:slog.LevelError}))})
 if err!=nil{t.Fatal(err)}
 j,_:=classify.New(); taken:=map[string]bool{}
 t0:=time.Now()
 for now:=at(1,2,7);;now=now.Add(12*time.Hour){ if now.After(at(3,30,16)){now=at(3,30,16)}; c.set(now)
  if _,err:=cr.Round(ctx);err!=nil{t.Fatal(err)}
  for _,l:=range Logs(now){ if taken[l.Name]{continue}; taken[l.Name]=true
   opt:=extract.LogOptions{Columns:p.Columns,Channel:l.Channel}
   for _,ch:=range p.Channels{opt.Channels=append(opt.Channels,extract.LogChannel{ID:ch.ID,Agency:ch.Agency,Name:ch.Name,Medium:ch.Medium,Aliases:ch.Aliases})}
   as,re,err:=extract.Airings(l.Name,l.Data,opt); if err!=nil||len(re)>0{t.Fatal(err,re)}
   h:=sha256.Sum256(l.Data); fh:=hex.EncodeToString(h[:])
   if _,err:=st.PutAirings(ctx,media.Receipt{ID:media.Hash("r",l.Name),Channel:l.Channel,From:l.From,To:l.To,Sender:l.Sender,FileHash:fh,FileName:l.Name,At:now,Rows:len(as)},as,"mau/dai-ptth");err!=nil{t.Fatal(err)}}
  for _,d:=range Documents(){ if taken[d.Number]||d.Known.After(now){continue}; taken[d.Number]=true
   if err:=st.AddDecision(ctx,schedule.Decision{Kind:schedule.Attest,Plan:p.ID,Quota:"B-A1",Owner:"mau/"+d.Owner,Period:d.Period,At:now,Actor:"cv",Reason:"x",Document:d.Number,Date:d.Date},"person");err!=nil{t.Fatal(err)}}
  if now.Equal(at(3,30,16)){break}
 }
 fmt.Println("crawl took",time.Since(t0))
 monitor.JudgeAll(ctx,j,st,c.now())
 ev,err:=monitor.Evaluate(ctx,st,p,cal,c.now(),time.Now()); if err!=nil{t.Fatal(err)}
 for _,x:=range ev.Standings{ if x.Start.After(c.now()){continue}; del:=""; for _,m:=range x.Measures{del+=fmt.Sprintf("%s %v/%v(%s) ",m.Name,m.Delivered,m.Wanted,m.Basis)}; fmt.Println(x.Quota,x.Owner,x.Period,x.State,x.Risk,del,fmt.Sprintf("cov %.2f",x.Coverage.Share),x.Reasons)}
 fmt.Println(st.VerdictCounts(ctx))
 // compare with truth
 rows:=map[string]bool{}; _=rows
}
