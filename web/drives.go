package web

import (
	"fmt"
	"net/http"
	"slices"
)

// Drive is a disk that can be taken away, on the machine that serves.
type Drive struct {
	Path string // its top folder: «E:\», /media/…
	Name string // its label, maybe ""
	Free int64  // bytes; negative: not known
}

// drivesHere are the disks that this request may have a copy on: somebody who sits at the serving machine alone knows which
// stick is in it.
func (s *site) drivesHere(r *http.Request) []Drive {
	if s.Backups.Drives == nil || s.Backups.Engine != "sqlite" || !local(r) {
		return nil
	}
	all := s.Backups.Drives()
	for i, d := range all {
		if free, err := FreeSpace(d.Path); err == nil {
			all[i].Free = free
		} else {
			all[i].Free = -1
		}
	}
	return all
}

// backupToDrive copies everything to one of the drives that are offered, and to no other folder.
func (s *site) backupToDrive(w http.ResponseWriter, r *http.Request) {
	if s.Backups.Drives == nil || s.Backups.Engine != "sqlite" || !local(r) {
		s.backupsWith(w, r, Refusal{"Chỉ sao lưu ra ổ đĩa rời khi ngồi tại máy đang chạy loa, mở bằng loa start."})
		return
	}
	path := r.PostFormValue("o")
	here := s.drivesHere(r)
	i := slices.IndexFunc(here, func(d Drive) bool { return d.Path == path })
	if i < 0 {
		s.backupsWith(w, r, Refusal{"Không thấy ổ đĩa rời ấy nữa. Cắm lại, đợi máy nhận rồi tải lại trang này."})
		return
	}
	s.patient(w)
	b, err := s.Backups.ToDrive(r.Context(), here[i], s.actor(r).String())
	if err != nil {
		s.backupsWith(w, r, err)
		return
	}
	s.done(w, r, "/sao-luu", fmt.Sprintf("Đã sao lưu: %s (%s), đã kiểm tra: toàn vẹn. Bấm «Đẩy ổ đĩa ra an toàn» (Eject) trước khi rút.", b.Name, sizeWords(b.Size)))
}
